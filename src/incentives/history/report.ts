/** What a replay says. Money is in minor units of the programme's currency. */
import type { ProgrammeDocument } from '../../programmes/document.js';
import { BILLION } from '../../rules/points.js';
import { adversaryNames } from '../adversaries/adversary.js';
import { adversaries, type Looted } from '../adversaries/loose.js';
import type { Programme } from '../../rules/programme.js';
import type { Weighed, Sides } from './replay.js';
import type { Finding } from '../finding.js';
import { gini, quantile } from './spread.js';
import { under, type Change, type SideTotals, type Totals } from './totals.js';

export interface SideReport {
  purchases: number;
  /** Points that purchases and activities earned, returns taken off. */
  accrued: number;
  /** What they are worth to whoever spends them best. */
  cost: number;
  /** Whole points, and what they are worth: what members have at the end, less what is over. */
  balance: number;
  liability: number;
  owed: number;
  redeemed: number;
  expired: number;
  tiers: Readonly<Record<string, number>>;
  /** Members who lack a twentieth or less of what the next tier takes. */
  nearTier: number;
  /** How unevenly points are spread over buyers, 0 to 1; null = there are none. */
  gini: number | null;
  /** The share of points on goods of which the owner wants less, or that are waste. */
  harmShare: number;
  /** Months to the first reward that is for everybody, of the buyer in the middle and of one below whom a quarter is; null = never, or there is none. */
  reach: { median: number | null; quarter: number | null };
  /** What was refused, by its code. */
  refused: Readonly<Record<string, number>>;
  /** What each rule and offer paid, and to how many; the most first. */
  rules: readonly { id: string; points: number; members: number }[];
  /** Of the members who bought while an offer ran, those whom it paid. */
  offers: readonly { code: string; reached: number; paid: number; uptake: number }[];
}

export interface ChangeReport {
  members: number;
  value: number;
  largest: readonly { member: string; value: number }[];
}

export interface HistoryReport {
  from: string;
  until: string;
  months: number;
  members: number;
  buyers: number;
  /** Members who did nothing for a year. */
  dormant: number;
  postings: number;
  /** Members whom the live version leaves with just what the ledger has, and some of the others. */
  asBooked: { members: number; otherwise: number; some: readonly string[] };
  /** What is not decided again: purchases that are erased, and what no rule decides. */
  left: { erased: number; carried: Readonly<Record<string, number>> };
  live: SideReport;
  draft: SideReport;
  gained: ChangeReport;
  lost: ChangeReport;
  moves: readonly { from: string; to: string; members: number }[];
  /** What adversaries would make of it under the draft; undefined = none were let loose. */
  adversaries: readonly LootReport[] | undefined;
  /** Of each finding that was asked about and has a witness, who has done the like in those months. */
  prevalence: readonly SeenReport[];
}

/** A finding, as far as it is told beside who does the like. */
export interface Told extends Pick<Finding, 'check' | 'severity' | 'title'> {
  /** Its id. */
  finding: string;
}

export interface SeenReport extends Told {
  members: number;
  times: number;
  /** Minor units that all of it brought them. */
  brought: number;
}

export interface LootReport {
  name: string;
  /** Checks whose witnesses do the like. */
  like: readonly string[];
  /** Members with whom there was something to try, with how many it brought more than honesty, and what. */
  tried: number;
  gained: number;
  value: number;
  largest: readonly { member: string; value: number }[];
  /** Members with whom it brought more than is meant to be given, and how much more. */
  beyond: number;
  beyondValue: number;
  /** Members who have done the like, and how often. */
  seen: number;
  times: number;
}

/** Quadrillionths of a minor unit, as changes are summed, in one. */
const PARTS = 1e15;

export function reportOf(
  totals: Totals,
  { sides, months, draft, live, findings }: Reported,
): HistoryReport {
  const { window } = sides;
  const { members, some } = totals.otherwise;
  return {
    from: new Date(window.from).toISOString(),
    until: new Date(window.until).toISOString(),
    months,
    members: totals.members,
    buyers: totals.buyers,
    dormant: totals.dormant,
    postings: totals.postings,
    asBooked: { members: totals.asBooked, otherwise: members, some },
    left: { erased: totals.erased, carried: totals.carried },
    live: sideReport(totals.live, sides.live, live),
    draft: sideReport(totals.draft, sides.draft, draft),
    gained: changeOf(totals.gained),
    lost: changeOf(totals.lost),
    moves: Object.entries(totals.moves)
      .map(([move, count]) => {
        const [from = '', to = ''] = move.split(' > ');
        return { from, to, members: count };
      })
      .sort((a, b) => b.members - a.members),
    adversaries: sides.ground === undefined ? undefined : lootOf(totals.looted),
    prevalence: findings.map((told) => {
      const { members: all = 0, times = 0, brought = 0 } = under(totals.seen, told.finding) ?? {};
      return { ...told, members: all, times, brought: Math.round(brought) };
    }),
  };
}

const lootOf = (looted: Looted): LootReport[] =>
  adversaryNames.map((name) => {
    const { value, beyondValue, largest, ...counts } = looted[name];
    return {
      name,
      like: adversaries[name].like,
      ...counts,
      value: Math.round(value),
      largest: largest.map((each) => ({ member: each.memberId, value: Math.round(each.value) })),
      beyondValue: Math.round(beyondValue),
    };
  });

export interface Reported {
  sides: Sides;
  months: number;
  draft: ProgrammeDocument;
  live: ProgrammeDocument;
  findings: readonly Told[];
}

function sideReport(
  totals: SideTotals,
  { programme, worth }: Weighed,
  document: ProgrammeDocument,
): SideReport {
  const minor = Number(worth) / 1e6;
  const accrued = pointsIn(totals.accrued);
  const { purchases, balance, owed, redeemed, expired, tiers, nearTier, refused } = totals;
  return {
    purchases,
    accrued,
    cost: Math.round(accrued * minor),
    balance,
    liability: Math.round(balance * minor),
    owed,
    redeemed,
    expired,
    tiers,
    nearTier,
    refused,
    gini: gini(totals.points) ?? null,
    harmShare: accrued === 0 ? 0 : pointsIn(totals.onHarm) / accrued,
    reach: reachOf(totals, document),
    rules: Object.entries(totals.rules)
      .map(([id, { accrued: paid, members }]) => ({ id, points: pointsIn(paid), members }))
      .sort((a, b) => b.points - a.points),
    offers: offersOf(totals, programme),
  };
}

const pointsIn = (billionths: bigint): number => Number(billionths) / Number(BILLION);

function reachOf({ monthly }: SideTotals, { rewards }: ProgrammeDocument): SideReport['reach'] {
  const prices = rewards.filter(({ minimumTier }) => minimumTier === undefined);
  const first = Math.min(...prices.map(({ points }) => points));
  const monthsOf = (share: number): number | null => {
    const rate = quantile(monthly, share);
    if (rate === undefined || rate <= 0 || !Number.isFinite(first)) return null;
    return Math.round((first / rate) * 10) / 10;
  };
  return { median: monthsOf(0.5), quarter: monthsOf(0.25) };
}

const offersOf = (totals: SideTotals, programme: Programme): SideReport['offers'] =>
  [...programme.offers.values()].map(({ code, ruleNo }) => {
    const reached = under(totals.reached, code) ?? 0;
    const paid = under(totals.rules, programme.rules[ruleNo]?.id ?? '')?.members ?? 0;
    return { code, reached, paid, uptake: reached === 0 ? 0 : paid / reached };
  });

const changeOf = ({ members, value, largest }: Change): ChangeReport => ({
  members,
  value: Math.round(Number(value) / PARTS),
  largest: largest.map((each) => ({
    member: each.memberId,
    value: Math.round(Number(each.value) / PARTS),
  })),
});
