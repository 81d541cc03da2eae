/**
 * A daily head: what the engine signs of a bucket and a day, and how it is checked. Days are UTC
 * days, `2026-11-27`: a version may change the programme's zone, and whoever checks a head in ten
 * years must not need the zone tables of today.
 */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

export interface DailyHead {
  bucket: number;
  day: string;
  /** Hex Merkle root over the members changed that day. */
  root: string;
  /** Hex SHA-256 of the statement of the bucket's head of the day before; zeros = the first. */
  previous: string;
  /** How many members changed. */
  members: number;
  /** Base64 of the DER (SPKI) of the key that signed. */
  publicKey: string;
  /** Base64 Ed25519 signature of the statement. */
  signature: string;
}

export type HeadContent = Omit<DailyHead, 'publicKey' | 'signature'>;

/** `previous` of a bucket's first head. */
export const NO_HEAD = '0'.repeat(64);

/** A leaf of the tree: the member, the number of their last posting of the day, and its hash. */
export interface Leaf {
  memberId: string;
  seq: number;
  hash: string;
}

export const leafText = ({ memberId, seq, hash }: Leaf): string =>
  `${memberId} ${String(seq)} ${hash}`;

/** The signed text. Every line ends with a line feed. */
export function statementOf({ bucket, day, members, root, previous }: HeadContent): string {
  return ['fealty daily head 1', bucket, day, members, root, previous, ''].join('\n');
}

/** Hex; what the head of the next day names as `previous`. */
export function hashOfHead(head: HeadContent): string {
  return createHash('sha256').update(statementOf(head)).digest('hex');
}

/** Signs with an Ed25519 key, which makes the same signature of the same statement every time. */
export function signHead(head: HeadContent, key: KeyObject): DailyHead {
  return {
    ...head,
    publicKey: publicKeyOf(key),
    signature: sign(null, Buffer.from(statementOf(head)), key).toString('base64'),
  };
}

/** Whether a head's signature is by the key it names. Says nothing about whose key that is. */
export function isSigned(head: DailyHead): boolean {
  try {
    const encoded = Buffer.from(head.publicKey, 'base64');
    const key = createPublicKey({ key: encoded, format: 'der', type: 'spki' });
    const signature = Buffer.from(head.signature, 'base64');
    return verify(null, Buffer.from(statementOf(head)), key, signature);
  } catch {
    // Bytes that are no key have signed nothing.
    return false;
  }
}

/** Base64 of the public half, as heads and their files name it. */
export function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
}

const DAY_MS = 86_400_000;

/** The UTC day of an instant. */
export const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** The first instant of a day, in milliseconds since 1970 UTC. */
export const startOfDay = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** The day a number of days later. */
export const dayAfter = (day: string, days = 1): string => dayOf(startOfDay(day) + days * DAY_MS);

/** Whether a text is a day there is. */
export function isDay(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && Date.parse(text) >= 0 && dayOf(Date.parse(text)) === text
  );
}
