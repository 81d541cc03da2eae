/** When points go, when members are told of it, and what counts as having told them. */
import { endOfDayAfterMonths } from '../period.js';

export type Expiry = (
  | { kind: 'none' }
  /**
   * At a date of their own, or after so many months in which nothing was heard of their member.
   * `notices` undefined = nobody is told, and so no points go.
   */
  | { kind: 'rolling' | 'inactivity'; months: number; notices?: ExpiryNotices | undefined }
) & {
  /** Whether an earlier version let points go by silence: those that came under it still do. */
  keepsSilent?: boolean | undefined;
};

/** Whether points without a date of their own may go, be it those of an earlier version alone. */
export const mayGoBySilence = ({ kind, keepsSilent }: Expiry): boolean =>
  kind === 'inactivity' || keepsSilent === true;

/** After which silence points go that have no date of their own. */
export interface SilentTerms {
  /** Calendar months in which nothing was heard of their member. */
  months: number;
  /** Number of the version that they came under, which says so. */
  versionNo: number;
  /** When they came, in milliseconds, if not by an act of the member; no silence began before. */
  cameAt: number | null;
}

/** How it is known that a member was told when some points go. */
export interface Told {
  /** The date they were told, in milliseconds. */
  expiresAt: number;
  /** Whether it is the date of a silence, and no date of the points themselves. */
  ofSilence?: boolean | undefined;
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

/** The date that points get which come at an instant; null = they have none of their own. */
export const dateFrom = (
  { expiry, timeZone }: { expiry: Expiry; timeZone: string },
  at: number,
): number | null =>
  expiry.kind === 'rolling' ? endOfDayAfterMonths(timeZone, at, expiry.months) : null;
