/** How long a member keeps a tier, in words. */
import { publicId } from '../ledger/address.js';
import type { Posting } from '../ledger/posting.js';
import { toGrant } from '../ledger/review.js';
import type { Programme } from '../rules/programme.js';
import { tierAt, rungOf } from '../rules/earning/tier.js';
import type { Keeping, Progress } from '../rules/standing/progress.js';
import { whole } from '../rules/standing/tally.js';
import { formatBillionths } from '../rules/points.js';
import type { StandingReason } from '../rules/outcome.js';
import { standingOf } from './standing.js';
import type { GrantedView, StandingHistoryView, TierStep } from './tiers.views.js';
import { amountText, dayText, stepText } from './words.js';

const instant = (at: number): string => new Date(at).toISOString();

/** A row of the history of tiers, as it is stored. */
export interface StoredStep {
  fromPosting: number;
  at: number;
  tier: string;
  why: StandingReason;
}

/** All there is to say of where a member stands; `stored` is newest first. */
export function standingHistory(
  programme: Programme,
  { point, due, window, tally, keeping }: Progress,
  stored: readonly StoredStep[],
  now: number,
): StandingHistoryView {
  const figures = { tier: point.held, qualifying: point.qualifying };
  const { tier, qualifyingPoints, next } = standingOf(programme, figures, tally);
  const standing = tierAt(programme, rungOf(programme, tier.code));
  const ahead = due.map(({ at, after, why }) => stepView(programme, null, at, after.held, why));
  const grant = point.review?.grant ?? null;
  return {
    tier,
    qualifyingPoints,
    next,
    window:
      window === undefined ? null : { from: instant(window.from), until: instant(window.until) },
    keeping: keeping === undefined ? null : keepingView(programme, keeping),
    provisionalUntil: provisionalUntil(stored, point.held, now),
    grant:
      grant === null
        ? null
        : { code: grant.tier, name: nameOf(programme, grant.tier), until: instant(grant.until) },
    benefits: standing.benefits.map(({ code, name, valueMinor }) => ({
      code,
      name,
      value: { amount: valueMinor, currency: programme.currency },
    })),
    history: [
      ...ahead.reverse(),
      ...stored.map((step) => stepView(programme, step.fromPosting, step.at, step.tier, step.why)),
    ],
  };
}

const nameOf = (programme: Programme, code: string): string =>
  programme.tiers[rungOf(programme, code)]?.name ?? code;

/** Of the tier held: until when what reached it can still be returned. */
function provisionalUntil(stored: readonly StoredStep[], held: string, now: number): string | null {
  const reached = stored.find(({ tier, why }) => tier === held && why.code === 'threshold_reached');
  const until = reached?.why.until ?? 0;
  return until > now ? instant(until) : null;
}

function keepingView(programme: Programme, keeping: Keeping): StandingHistoryView['keeping'] {
  const { tier, at, isInGrace, isAtRisk, verdict, ways } = keeping;
  return {
    tier: { code: tier.code, name: tier.name },
    by: instant(at),
    isInGrace,
    isAtRisk,
    ifNothingChanges: verdict,
    ways: ways.map(({ way: { metric, keep }, have, missing }) => {
      const [goal, counted] = [whole(metric, keep), whole(metric, have)];
      const left = missing > 0n ? Math.max(1, goal - counted) : 0;
      return { metric, keep: goal, counted, missing: left };
    }),
    says: keepingText(programme, keeping),
  };
}

/** How a tier is kept, or what is missing for it, in a sentence. */
export function keepingText(
  programme: Programme,
  { tier, at, isAtRisk, verdict, ways }: Keeping,
): string {
  const by = dayText(programme, at);
  const missing = ways
    .filter((each) => each.missing > 0n)
    .map(({ way: { metric, keep }, have }) =>
      amountText(programme, metric, Math.max(1, whole(metric, keep) - whole(metric, have))),
    )
    .join(' or ');
  switch (verdict) {
    case 'tier_kept':
      return `${tier.name} will be kept after ${by}.`;
    case 'near_miss_kept':
      return `${tier.name} will be kept after ${by}, although ${missing} are missing.`;
    case 'not_counted_in_full':
      return `${tier.name} will be kept after ${by}, as the time before is not counted in full.`;
    case 'grace_started':
    case 'tier_lowered':
      return `${tier.name}${isAtRisk ? ' is at risk' : ''}: ${missing} more by ${by} keep it.`;
  }
}

/** A tier given by hand, as its posting says it. */
export function grantedView(posting: Posting, programme: Programme): GrantedView {
  const { memberId, seq, after, explanation, effects, recordedAt } = posting;
  const granted = toGrant(effects.granted);
  if (granted === undefined) throw new Error('invariant: a grant is posted with what is given');
  const named = (code: string) => ({ code, name: nameOf(programme, code) });
  return {
    posting: publicId('pst', { memberId, seq }),
    member: memberId,
    grant: { ...named(granted.tier), until: instant(granted.until) },
    tier: named(after.tier),
    reason: String(explanation[0]?.[4] ?? ''),
    recordedAt: instant(recordedAt),
  };
}

/** One step of the history. */
function stepView(
  programme: Programme,
  fromPosting: number | null,
  at: number,
  tier: string,
  why: StandingReason,
): TierStep {
  const { code, qualifying, threshold, metric, counted, keep, until } = why;
  return {
    fromPosting,
    at: instant(at),
    tier,
    why: {
      code,
      qualifyingPoints: formatBillionths(BigInt(qualifying)),
      threshold,
      ...(metric !== undefined && { metric }),
      ...(counted !== undefined && { counted }),
      ...(keep !== undefined && { keep }),
      ...(until !== undefined && { until: instant(until) }),
    },
    says: stepText(programme, nameOf(programme, tier), why),
  };
}
