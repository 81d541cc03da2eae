/** How long a tier is kept, as it is stored beside the account and in effects of postings. */
import type { Grant, Metric, Review } from '../rules/ladder.js';
import type { Standing } from '../rules/outcome.js';

/**
 * The tier held without a grant, the next review, the review that was missed, the grant with its
 * end, and what rolled over with the start of its window; what there is not is null.
 */
export type CompactReview = [
  own: string | null,
  at: number | null,
  missedAt: number | null,
  grant: [tier: string, until: number] | null,
  rolled: [start: number, billionths: string] | null,
];

export function compactReview({ own, at, missedAt, grant, rolled }: Review): CompactReview {
  return [
    ...([own, at, missedAt] as const),
    grant === null ? null : [grant.tier, grant.until],
    rolled === null ? null : [rolled.start, rolled.billionths.toString()],
  ];
}

export function toReview(compact: CompactReview | null | undefined): Review | undefined {
  if (compact === null || compact === undefined) return undefined;
  const [own, at, missedAt, grant, rolled] = compact;
  return {
    own,
    at,
    missedAt,
    grant: toGrant(grant) ?? null,
    rolled: rolled === null ? null : { start: rolled[0], billionths: BigInt(rolled[1]) },
  };
}

export const toGrant = (compact: [string, number] | null | undefined): Grant | undefined =>
  compact === null || compact === undefined ? undefined : { tier: compact[0], until: compact[1] };

/**
 * A change of tier, or a review: tier, code, qualifying billionths, threshold, tier before, and as
 * far as there is one metric, what it counted, what keeps the tier, and until when that stands.
 */
export function compactStanding({ tier, why, from }: Standing): (number | string | null)[] {
  const parts = [why.metric ?? null, why.counted ?? null, why.keep ?? null, why.until ?? null];
  const last = parts.findLastIndex((part) => part !== null);
  const { code, qualifying, threshold } = why;
  return [tier, code, qualifying, threshold, from, ...parts.slice(0, last + 1)];
}

/** Why, as it is stored with a standing. */
export function standingWhy({ why }: Pick<Standing, 'why'>): string {
  const { code, qualifying, threshold, metric, counted, keep, until } = why;
  return whyText([code, qualifying, threshold], [metric, counted, keep, until]);
}

/** The same, from whatever stands in the effects of a posting. */
export function whyText(first: readonly unknown[], more: readonly unknown[]): string {
  const [code, qualifying, threshold] = first;
  const names = ['metric', 'counted', 'keep', 'until'];
  const rest = names.flatMap((name, place) =>
    more[place] === null || more[place] === undefined ? [] : [[name, more[place]]],
  );
  return JSON.stringify({ code, qualifying, threshold, ...Object.fromEntries(rest) });
}

export type CompactCounted = [metric: Metric, counted: number][];
