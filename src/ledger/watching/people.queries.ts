/** What monitors count of members, by `seen`: where they buy, what they can reach, who refers them. */
import type { Parameters } from '../../platform/database/parameters.js';
import { instant, someOf, type Habits, type WatchedRules, type Window } from './seen.queries.js';

const DAY_MS = 86_400_000;

/**
 * Members who begin to buy at a partner and spend less than half of what they did at the programme's
 * own retailers; held against those who buy at no partner.
 */
export function displacementText(): string {
  const own = "retailer_kind IN ('own', 'franchise')";
  const fell = 'own_now < own_before / 2.0';
  return `SELECT * FROM (
    WITH spending AS MATERIALIZED (
      SELECT bucket, member_id,
             coalesce(sum(spent - back) FILTER (WHERE ${own} AND NOT is_now), 0) AS own_before,
             coalesce(sum(spent - back) FILTER (WHERE ${own} AND is_now), 0) AS own_now,
             coalesce(bool_or(retailer_kind = 'partner' AND NOT is_now), false) AS was_there,
             array_agg(DISTINCT retailer) FILTER (WHERE retailer_kind = 'partner' AND is_now) AS "to"
        FROM seen WHERE spent IS NOT NULL GROUP BY 1, 2),
    others AS (
      SELECT count(*) AS n, count(*) FILTER (WHERE ${fell}) AS fell FROM spending
       WHERE own_before > 0 AND NOT was_there AND "to" IS NULL)
    SELECT 'displacement' AS monitor, 'partner/' || partner AS subject, 0::bigint AS threshold,
           count(*) FILTER (WHERE ${fell}) AS hits, count(*) AS total,
           max(o.fell)::float8 / nullif(max(o.n), 0) AS baseline, max(o.n) AS baseline_total,
           ${someOf(fell)} AS examples
      FROM spending CROSS JOIN LATERAL unnest("to") AS p (partner) CROSS JOIN others o
     WHERE own_before > 0 AND NOT was_there GROUP BY partner) partners`;
}

/**
 * Members who still come and whose points, at their pace since the first purchase that was seen, are
 * within a year less than the cheapest reward costs. What they have is what they have now.
 */
export function strandedText(
  cheapest: { subject: string; points: number },
  { asOf }: Window,
  { leastDays, yearDays }: Habits,
  parameters: Parameters,
): string {
  const heard = instant(parameters, asOf - yearDays * DAY_MS);
  const subject = `${parameters.add(cheapest.subject)}::text`;
  const price = `${parameters.add(cheapest.points)}::numeric`;
  const now = instant(parameters, asOf);
  const stranded = `points + year < ${price}`;
  return `SELECT 'stranded' AS monitor, ${subject} AS subject, 0::bigint AS threshold,
           count(*) FILTER (WHERE ${stranded}) AS hits, count(*) AS total,
           NULL::float8 AS baseline, 0::bigint AS baseline_total, ${someOf(stranded)} AS examples
      FROM (SELECT a.member_id, a.points + a.held AS points,
                   coalesce(p.billionths / 1000000000 * ${String(yearDays)} / p.days, 0) AS year
              FROM accounts a
              JOIN members m ON m.bucket = a.bucket AND m.member_id = a.member_id
               AND m.status = 'active'
              LEFT JOIN (SELECT bucket, member_id,
                                sum(billionths * (1 - coalesce(back::numeric / nullif(spent, 0), 0)))
                                  AS billionths,
                                greatest(${String(leastDays)},
                                  extract(epoch FROM ${now} - min(at)) / 86400) AS days
                           FROM seen GROUP BY 1, 2) p
                ON p.bucket = a.bucket AND p.member_id = a.member_id
             WHERE a.points + a.held > 0 AND a.heard_at >= ${heard}) balances`;
}

/**
 * Friends who claimed a code in the window and share a household, a device or a card with whoever
 * referred them, who the core found are not somebody else, or who were at a till together again.
 */
export function pairsText(
  { from, half, asOf }: Window,
  { togetherMinutes, togetherTimes }: Habits,
  parameters: Parameters,
): string {
  const [since, now, until] = [from, half, asOf].map((at) => instant(parameters, at));
  const shares = '(shares OR together)';
  return `SELECT 'referral-pairs' AS monitor, 'referral' AS subject, 0::bigint AS threshold,
           count(*) FILTER (WHERE is_now AND ${shares}) AS hits,
           count(*) FILTER (WHERE is_now) AS total,
           (count(*) FILTER (WHERE NOT is_now AND ${shares}))::float8
             / nullif(count(*) FILTER (WHERE NOT is_now), 0) AS baseline,
           count(*) FILTER (WHERE NOT is_now) AS baseline_total,
           ${someOf(`is_now AND ${shares}`)} AS examples
      FROM (SELECT f.member_id, f.claimed_at >= ${now ?? ''} AS is_now,
                   f.reason IS NOT DISTINCT FROM 'not_independent' OR EXISTS (
                     SELECT FROM member_signals a
                       JOIN member_signals b ON b.bucket = f.referrer_bucket
                        AND b.member_id = f.referrer_id AND b.kind = a.kind AND b.hmac = a.hmac
                      WHERE a.bucket = f.bucket AND a.member_id = f.member_id) AS shares,
                   coalesce(t.times, 0) >= ${String(togetherTimes)} AS together
              FROM referrals f
              LEFT JOIN (
                SELECT g.bucket, g.member_id, count(DISTINCT a.seq) AS times
                  FROM referrals g
                  JOIN seen a ON a.bucket = g.bucket AND a.member_id = g.member_id
                  JOIN seen b ON b.bucket = g.referrer_bucket AND b.member_id = g.referrer_id
                   AND b.retailer = a.retailer AND b.place = a.place
                   AND b.at BETWEEN a.at - interval '${String(togetherMinutes)} min'
                                AND a.at + interval '${String(togetherMinutes)} min'
                 WHERE g.claimed_at >= ${since ?? ''}
                 GROUP BY 1, 2) t ON t.bucket = f.bucket AND t.member_id = f.member_id
             WHERE f.claimed_at >= ${since ?? ''} AND f.claimed_at < ${until ?? ''}) claims`;
}

/** Statements about members that a programme of this kind has any use for. */
export function peopleTexts(
  { cheapest }: WatchedRules,
  window: Window,
  habits: Habits,
  parameters: Parameters,
): string[] {
  const stranded =
    cheapest === undefined ? [] : [strandedText(cheapest, window, habits, parameters)];
  return [displacementText(), pairsText(window, habits, parameters), ...stranded];
}
