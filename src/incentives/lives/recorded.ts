/** What the ledger keeps of a member, as far as a replay of it reads. Instants are milliseconds. */
import type { RecordedPosting } from '../../ledger/history/recorded.queries.js';
import type { MemberOffers } from '../../rules/offers/member-offers.js';
import type { Profile, Purchase } from '../../rules/purchase.js';

export interface Recorded extends RecordedPosting {
  /** What was bought or done; undefined = it is no purchase, or was erased. */
  purchase: Purchase | undefined;
}

/** What is known of a member beside the ledger, as it is now. */
export interface KnownOf extends MemberOffers {
  memberId: string;
  enrolledAt: number;
  enrolledBy: string | undefined;
  profile: Profile;
}

/** A member and all postings of theirs, in order. */
export interface Life {
  known: KnownOf;
  postings: readonly Recorded[];
}

/** Instants between which postings are replayed, by when they were recorded; `until` exclusive. */
export interface Window {
  from: number;
  until: number;
}

export const isIn = (
  { from, until }: Window,
  { recordedAt }: Pick<Recorded, 'recordedAt'>,
): boolean => recordedAt >= from && recordedAt < until;

/** So many calendar months before an instant, at the same time of the day; UTC. */
export function monthsBefore(instant: number, months: number): number {
  const then = new Date(instant);
  const day = then.getUTCDate();
  then.setUTCDate(1);
  then.setUTCMonth(then.getUTCMonth() - months);
  const days = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate();
  then.setUTCDate(Math.min(day, days));
  return then.getTime();
}
