/** Purchases of the window and of as many days before, read once, for all monitors of purchases. */
import type { Parameters } from '../../platform/database/parameters.js';

/** Instants in milliseconds: of the days before from `from` to `half`, of the window to `asOf`. */
export interface Window {
  from: number;
  half: number;
  asOf: number;
  /** IANA zone whose days are days. */
  zone: string;
}

/** What counts as what. */
export interface Habits {
  /** Minutes within which a second purchase at one place is a part of the first. */
  splitMinutes: number;
  /** Minutes within which two members at one place are together, and how often they must be. */
  togetherMinutes: number;
  togetherTimes: number;
  /** Purchases in the window from which on it tells anything that all of them drew an offer. */
  frequent: number;
  /** Days of a year, and those of which a pace is told at least. */
  yearDays: number;
  leastDays: number;
}

/** The rules of one version, in the order of their numbers. */
export interface WatchedVersion {
  no: number;
  /** What each rule is called in figures; null = nothing is counted of it. */
  subjects: (string | null)[];
  /** Whether it is paid for a whole purchase, or by an offer. */
  bonus: boolean[];
  offers: boolean[];
  /** The tier of whoever has reached none. */
  base: string;
  /** Whether tax earns, and counts towards thresholds. */
  taxed: boolean;
}

/** What is looked at. */
export interface WatchedRules {
  versions: WatchedVersion[];
  /** Amounts in minor units at which a rule of a version begins to pay, or pays more. */
  thresholds: { no: number; subject: string; minor: number }[];
  /** Subjects that pay a purchase no more than so much, so that two purchases may bring more than one. */
  split: string[];
  bonus: string[];
  offers: string[];
  /** The cheapest reward for everybody, or points as tender; undefined = there is none. */
  cheapest: { subject: string; points: number } | undefined;
}

/** Tills may run ahead of the database, so an event may be recorded this much before it occurs. */
const AHEAD_MS = 300_000;

/** Codes by which a rule says that all it asks is met, but perhaps for the amount. */
const metCodes = [
  'purchase_bonus_applied',
  'purchase_bonus_capped',
  'step_applied',
  'capped',
  'below_minimum_amount',
  'below_first_step',
  'cap_reached',
  'cool_down_running',
];

export const instant = (parameters: Parameters, at: number): string =>
  `${parameters.add(new Date(at))}::timestamptz`;

/** A list of texts as a parameter. */
export const texts = (parameters: Parameters, list: readonly string[]): string =>
  `${parameters.add(list)}::text[]`;

/** Ten members at most of an aggregate of ids. */
export const someOf = (condition: string): string =>
  `(array_agg(DISTINCT member_id) FILTER (WHERE ${condition}))[1:10]`;

/**
 * `seen`: a row for each purchase, with the rules that paid for it (`paid`), those that had all they
 * ask but perhaps the amount or room (`met`), both together (`heard`), what it came to and what came
 * back, and what of it earns where tax does not (`basis`). `repeats`: the same, and whether the member had bought at the place shortly before (`again`),
 * and which rules had heard of that (`before`).
 * What a purchase was paid is what its first posting says; what was corrected later is not looked at.
 */
export function seenText(
  { from, half, asOf }: Window,
  { versions: known }: WatchedRules,
  { splitMinutes }: Habits,
  parameters: Parameters,
): string {
  const versions = parameters.add(JSON.stringify(known));
  const met = texts(parameters, metCodes);
  const since = instant(parameters, from);
  const until = instant(parameters, asOf);
  return `versions AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${versions}::json)
        AS v (no int, subjects text[], bonus boolean[], offers boolean[], base text, taxed boolean)),
    seen AS MATERIALIZED (
      SELECT p.bucket, p.member_id, p.seq, p.version_no, p.occurred_at AS at, p.billionths,
             p.occurred_at >= ${instant(parameters, half)} AS is_now,
             q.retailer, q.content->>'location' AS place, coalesce(r.kind, 'own') AS retailer_kind,
             m.spent, m.back, m.spent - CASE WHEN v.taxed THEN 0 ELSE m.tax END AS basis, i.paid, i.met, i.heard, coalesce(i.bonus, false) AS bonus,
             coalesce(i.offered, false) AS offered,
             CASE WHEN p.effects->'standing'->>0 <> coalesce(nullif(p.effects->'standing'->>4, ''), v.base)
                  THEN 'tier/' || p.tier_after END AS raised
        FROM postings p
        JOIN versions v ON v.no = p.version_no
        JOIN purchases q ON q.bucket = p.bucket AND q.member_id = p.member_id AND q.seq = p.seq
        LEFT JOIN retailers r ON r.code = q.retailer
        LEFT JOIN LATERAL (
          SELECT array_agg(t.subject) FILTER (WHERE t.pays) AS paid,
                 array_agg(t.subject) FILTER (WHERE t.met) AS met, array_agg(t.subject) AS heard,
                 bool_or(t.pays AND t.is_bonus) AS bonus, bool_or(t.pays AND t.is_offer) AS offered
            FROM (SELECT v.subjects[n] AS subject, bool_or(pays) AS pays, bool_or(met) AS met,
                         v.bonus[n] AS is_bonus, v.offers[n] AS is_offer
                    FROM (SELECT (item->>0)::int + 1 AS n, (item->>3)::bigint > 0 AS pays,
                                 item->>2 = ANY (${met}) AS met
                            FROM json_array_elements(p.explanation) AS item) told
                   WHERE (pays OR met) AND v.subjects[n] IS NOT NULL GROUP BY n) t) i ON true
        LEFT JOIN LATERAL (
          SELECT sum((line->>'amount')::bigint) AS spent,
                 coalesce(sum((line->>'tax')::bigint), 0) AS tax,
                 (SELECT coalesce(sum((b->>2)::bigint), 0)
                    FROM json_array_elements(q.returned) AS b) AS back
            FROM json_array_elements(q.content->'lines') AS line) m ON true
       WHERE p.kind = 'accrue' AND p.operation <> 'activity'
         AND p.recorded_at >= ${instant(parameters, from - AHEAD_MS)} AND p.recorded_at < ${until}
         AND p.occurred_at >= ${since} AND p.occurred_at < ${until}),
    repeats AS MATERIALIZED (
      SELECT s.*, lag(heard) OVER w AS before,
             coalesce(at - lag(at) OVER w <= interval '${String(splitMinutes)} min', false) AS again
        FROM seen s
      WINDOW w AS (PARTITION BY bucket, member_id, retailer, place ORDER BY at, seq))`;
}
