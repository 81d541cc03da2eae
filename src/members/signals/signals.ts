/**
 * What tells that two members are one person or household, as a retailer hashes it: the address they
 * live at, the device they use, the card they pay with. Only HMACs under a server key are kept.
 */
import { createHmac } from 'node:crypto';

export const signalKinds = ['household', 'device', 'payment'] as const;
export type SignalKind = (typeof signalKinds)[number];

/** Opaque texts of a retailer's own making; the same text is the same thing. */
export type Signals = Partial<Record<SignalKind, string>>;

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
