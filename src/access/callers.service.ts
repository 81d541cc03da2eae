import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Caller } from './caller.js';
import { isSameDigest, parseCredential, type Credential } from './credentials/credential.js';
import { CredentialQueries } from './credentials/credentials.queries.js';
import { MemberTokensService } from './member-tokens.service.js';
import { isRetailerScope, isRole, rolePermissions } from './permissions.js';
import { Recent } from './credentials/recent.js';

const MARK_EVERY = 60_000;
/** Milliseconds that the text of a credential is kept, and how many of them at most. */
const TEXTS_KEPT = 500;
const TEXTS_MAX = 1_000;

interface Known {
  digest: Buffer;
  active: boolean;
  caller: Caller;
}

/** From a credential to who is calling. Keys, the usual case, are answered without a promise. */
@Injectable()
export class CallersService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(CallersService.name);
  private readonly keys: Recent<Known | undefined>;
  private readonly users: Recent<Known | undefined>;
  private readonly marked = new Map<string, number>();
  private readonly texts = new Map<string, Credential>();
  private parsedSince = -TEXTS_KEPT;
  private marking: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CredentialQueries) private readonly queries: CredentialQueries,
    @Inject(MemberTokensService) private readonly memberTokens: MemberTokensService,
  ) {
    const clock = (): number => performance.now();
    this.keys = new Recent((id) => this.readKey(id), clock);
    this.users = new Recent((digest) => this.readUser(digest), clock);
  }

  /** Undefined when the credential is not one that counts now. */
  callerOf(bearer: string): Caller | undefined | Promise<Caller | undefined> {
    if (bearer.startsWith('eyJ')) return this.memberTokens.verify(bearer);
    const credential = this.parsed(bearer);
    if (credential === undefined) return undefined;
    const known = this.known(credential);
    const answer = (found: Known | undefined): Caller | undefined => {
      const same = isSameDigest(credential.digest, found?.digest);
      if (!same || found?.active !== true) return undefined;
      if (credential.kind === 'key') this.markUsed(credential.keyId);
      return found.caller;
    };
    return known instanceof Promise ? known.then(answer) : answer(known);
  }

  /**
   * Whether a credential that does not count was never one that did. A revoked key, a disabled user
   * or a token out of date shows no guessing, however often it comes.
   */
  async isGuess(bearer: string): Promise<boolean> {
    if (bearer.startsWith('eyJ')) return !(await this.memberTokens.isOurs(bearer));
    const credential = this.parsed(bearer);
    if (credential === undefined) return true;
    const known = await this.known(credential);
    return !isSameDigest(credential.digest, known?.digest);
  }

  private known(credential: Credential): ReturnType<Recent<Known | undefined>['get']> {
    return credential.kind === 'key'
      ? this.keys.get(credential.keyId)
      : this.users.get(credential.digest.toString('hex'));
  }

  /** Checksum and digest of a text, which are the same however often it comes. */
  private parsed(bearer: string): Credential | undefined {
    const now = performance.now();
    if (now - this.parsedSince > TEXTS_KEPT || this.texts.size >= TEXTS_MAX) {
      this.texts.clear();
      this.parsedSince = now;
    }
    const known = this.texts.get(bearer);
    if (known !== undefined) return known;
    const credential = parseCredential(bearer);
    if (credential !== undefined) this.texts.set(bearer, credential);
    return credential;
  }

  private async readKey(id: string): Promise<Known | undefined> {
    const row = await this.queries.key(id);
    if (row === undefined) return undefined;
    const { digest, active, retailer, kind: retailerKind, scopes } = row;
    const caller: Caller = {
      kind: 'retailer',
      id: `r/${retailer}`,
      retailer,
      retailerKind,
      memberId: undefined,
      actor: `key/${id}`,
      permissions: new Set(scopes.filter(isRetailerScope)),
      // Set for each request, which is quicker where it is there.
      from: undefined,
    };
    return { digest, active, caller };
  }

  private async readUser(digest: string): Promise<Known | undefined> {
    const row = await this.queries.user(Buffer.from(digest, 'hex'));
    if (row === undefined) return undefined;
    const { id, role } = row;
    const caller: Caller = {
      kind: 'user',
      id: `u/${id}`,
      retailer: undefined,
      memberId: undefined,
      actor: `user/${id}`,
      permissions: new Set(isRole(role) ? rolePermissions[role] : []),
    };
    return { digest: row.digest, active: row.active, caller };
  }

  /** Off the request's path: it neither waits for this nor fails by it. */
  private markUsed(keyId: string): void {
    const now = performance.now();
    if (now - (this.marked.get(keyId) ?? -MARK_EVERY) < MARK_EVERY) return;
    this.marked.set(keyId, now);
    this.marking = this.marking
      .then(() => this.queries.markKeyUsed(keyId))
      .catch((error: unknown) => this.logger.warn('A key could not be marked as used', error));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.marking;
  }
}
