/** When points go, when members are told of it, and what counts as having told them. */

export type Expiry =
  | { kind: 'none' }
  /** `notices` undefined = nobody is told, and so no points go. */
  | { kind: 'rolling'; months: number; notices?: ExpiryNotices | undefined };

/** How it is known that a member was told when some points go. */
export interface Told {
  /** The date they were told, in milliseconds. */
  expiresAt: number;
  /** Number of the notice among those of the member. */
  notice: number;
  /** Number of the posting that opened the last lot which it is about. */
  upTo: number;
  evidence: 'email' | 'messenger' | 'shown' | 'last_resort';
  /** Since when it is known, in milliseconds. */
  at: number;
}

export interface ExpiryNotices {
  /** Whole days before the date on which members are told; the largest first. */
  daysBefore: readonly number[];
  /** Days that a member has at least, after being told. */
  leastDays: number;
  /** Days that evidence is good for at most; null = for good. */
  mostDays: number | null;
  /** Whether the date in balance and answers counts where a member could not be reached. */
  lastResort: boolean;
}

export const noticesOf = (expiry: Expiry): ExpiryNotices | undefined =>
  expiry.kind === 'none' ? undefined : expiry.notices;
