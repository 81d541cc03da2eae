/** What a command must know beside its own needs when a member's tier is due for a review. */
import type { Programme } from '../../rules/programme.js';
import { dueAt, isReviewed } from '../../rules/standing/stand.js';
import { tierCounters } from '../../rules/standing/tally.js';
import { rungOf } from '../../rules/earning/tier.js';
import type { AccountFacts, Command, FactReader, Moment, Needs } from '../command.js';

/**
 * Whether the tier may have to be reviewed by an instant. One that has no date yet, from before
 * tiers were reviewed, may.
 */
export function mayBeDue(
  programme: Programme | undefined,
  { review, tier }: Pick<AccountFacts, 'review' | 'tier'>,
  instant: number,
): boolean {
  const due = dueAt(review);
  if (due !== null) return due <= instant;
  return programme !== undefined && isReviewed(programme) && rungOf(programme, tier) > 0;
}

/** The needs of a command, and those of the reviews that are posted before it. */
export function needsWithReview(
  command: Command,
  {
    moment,
    accounts,
    reviewReaders,
  }: {
    moment: Moment;
    accounts: ReadonlyMap<string, AccountFacts>;
    reviewReaders: readonly FactReader[];
  },
  account: AccountFacts,
): Needs {
  const { now, programmes } = moment;
  const programme = programmes.at(now);
  const until = Math.max(now, command.occurredAt ?? now);
  const others = command.memberIds.slice(1).flatMap((id) => accounts.get(id) ?? []);
  const isDue = (each: AccountFacts): boolean => mayBeDue(programme, each, until);
  const due = [account, ...others].filter(isDue);
  if (due.length === 0) return command.needs(account, moment);
  // Whatever happened before the review is late to it, and the review is at most of now.
  const newestAt = isDue(account) ? Math.max(account.newestAt ?? until, until) : account.newestAt;
  const needs = command.needs({ ...account, newestAt }, moment);
  const from = Math.min(until, ...due.map(({ review }) => dueAt(review) ?? until));
  return {
    ...needs,
    // A review is of an instant before, and says what was pending then.
    spending: needs.spending !== false,
    counters: [...needs.counters, ...tierCounters(programmes.begunBy(now), from, true)],
    facts: [...needs.facts, ...reviewReaders],
  };
}
