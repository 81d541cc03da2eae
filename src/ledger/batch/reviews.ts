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

/** The needs of a command, and those of the review that is posted before it. */
export function needsWithReview(
  command: Command,
  account: AccountFacts,
  moment: Moment,
  reviewReaders: readonly FactReader[],
): Needs {
  const { now, programmes } = moment;
  const programme = programmes.at(now);
  const until = Math.max(now, command.occurredAt ?? now);
  if (!mayBeDue(programme, account, until)) return command.needs(account, moment);
  // Whatever happened before the review is late to it, and the review is at most of now.
  const newestAt = Math.max(account.newestAt ?? until, until);
  const needs = command.needs({ ...account, newestAt }, moment);
  const from = Math.min(dueAt(account.review) ?? until, until);
  const counted = tierCounters(programmes.begunBy(now), from, true);
  return {
    ...needs,
    counted: [...(needs.counted ?? []), ...counted],
    facts: [...needs.facts, ...reviewReaders],
  };
}
