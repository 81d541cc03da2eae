import type { KeyObject } from 'node:crypto';

/** The server's secrets once resolved: from the settings, or made up for development. */
export class Secrets {
  constructor(
    /** Key of the HMACs under which card numbers, e-mails and references are looked up. */
    readonly handle: string,
    /** Key from which the one that signs member tokens is derived. */
    readonly token: string,
    /** Ed25519 private key that signs daily heads; without it none are made. */
    readonly heads?: KeyObject,
  ) {}
}
