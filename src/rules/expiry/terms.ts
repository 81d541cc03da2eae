/** When points go, when members are told of it, and what counts as having told them. */

export type Expiry =
  | { kind: 'none' }
  /** `notices` undefined = nobody is told, and so no points go. */
  | { kind: 'rolling'; months: number; notices?: ExpiryNotices | undefined };

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
