/**
 * What tells that two members are one person or household, as a retailer hashes it: the address they
 * live at, the device they use, the card they pay with. Only HMACs under a server key are kept.
 */
import { createHmac } from 'node:crypto';
import type { Groups } from '../../rules/offers/member-offers.js';

export const signalKinds = ['household', 'device', 'payment'] as const;
export type SignalKind = (typeof signalKinds)[number];

/** Opaque texts of a retailer's own making; the same text is the same thing. */
export type Signals = Partial<Record<SignalKind, string>>;

/** Characters of an HMAC by which a group is called where limits count what it gets. */
const GROUP_NAME = 16;

/** The name of a group that a signal stands for. */
export const groupName = (hmac: string): string => hmac.slice(0, GROUP_NAME);

/** The groups that signals said with an event stand for. */
export function groupsSaid(secret: string, signals: Signals = {}): Groups {
  const nobody = { bucket: 0, memberId: '' };
  return Object.fromEntries(
    signalRows(secret, nobody, signals).map(({ kind, hmac }) => [kind, [groupName(hmac)]]),
  );
}

export interface SignalRow {
  bucket: number;
  memberId: string;
  kind: SignalKind;
  /** Hex. */
  hmac: string;
}

/** The rows to keep of what was said of a member. */
export function signalRows(
  secret: string,
  owner: { bucket: number; memberId: string },
  signals: Signals,
): SignalRow[] {
  return signalKinds.flatMap((kind) => {
    const value = signals[kind];
    if (value === undefined) return [];
    const hmac = createHmac('sha256', secret).update(`signal ${kind}:${value}`).digest('hex');
    return [{ ...owner, kind, hmac }];
  });
}
