/** What one member comes to under one programme, counted into running totals. */
import { NO_RULE, sumOf, TIER_RULE, type ExplanationItem } from '../../rules/explanation.js';
import type { PostingDraft } from '../../rules/outcome.js';
import { DAY_MS } from '../../rules/period.js';
import type { Programme } from '../../rules/programme.js';
import type { Purchase } from '../../rules/purchase.js';
import { BILLION } from '../../rules/points.js';
import type { MemberState } from '../../rules/state.js';
import { pointOf, standingOf } from '../../rules/standing/stand.js';
import { tallyAt } from '../../rules/standing/tally.js';
import { isRunning } from '../../rules/offers/offer.js';
import type { Bought, Happening } from '../lives/events.js';
import type { Came, Side } from '../lives/player.js';
import { passedBy } from '../lives/silence.js';
import type { Window } from '../lives/recorded.js';
import { count } from './spread.js';
import { add, under, type SideTotals } from './totals.js';

const MONTH_MS = (365.25 / 12) * DAY_MS;
/** Whoever has this part of what a tier takes is near it, in hundredths. */
const NEAR = 95n;

type Purchases = ReadonlyMap<number, Purchase>;

export class Tally {
  accrued = 0n;
  private readonly rules = new Map<string, bigint>();
  private readonly reached = new Set<string>();
  private hasBought = false;
  /** When the first purchase happened, which may be before its member enrolled. */
  private firstAt = Infinity;

  constructor(
    private readonly side: Side,
    /** Categories of which the owner wants less, or that are waste. */
    private readonly harm: ReadonlySet<string>,
    private readonly totals: SideTotals,
  ) {}

  /** Counts what came of a happening. */
  take(happening: Happening, { postings, refused }: Came, purchases: Purchases): void {
    const { totals } = this;
    if (refused !== undefined) {
      add(totals.refused, refused);
      return;
    }
    if (happening.kind === 'accrue' && postings.length > 0) this.bought(happening);
    for (const posting of postings) {
      if (posting.kind === 'accrue' || posting.kind === 'return' || posting.kind === 'correct') {
        this.decided(posting, purchases);
      } else if (posting.kind === 'redeem') totals.redeemed += pointsTo(posting, 'redeemed');
      else if (posting.kind === 'expire') totals.expired += pointsTo(posting, 'expired');
    }
  }

  private bought({ occurredAt }: Bought): void {
    this.totals.purchases += 1;
    this.hasBought = true;
    this.firstAt = Math.min(this.firstAt, occurredAt);
    const { offers } = this.side.programme;
    if (offers.size === 0) return;
    for (const offer of offers.values()) {
      if (isRunning(offer, occurredAt)) this.reached.add(offer.code);
    }
  }

  private decided(posting: PostingDraft, purchases: Purchases): void {
    const { billionths, versionNo, explanation } = posting;
    this.accrued += billionths;
    const programme = this.side.versions.version(versionNo);
    const lines =
      this.harm.size === 0
        ? undefined
        : purchases.get(posting.kind === 'accrue' ? posting.seq : (posting.subjectSeq ?? 0))?.lines;
    for (const item of explanation) {
      const [rule, line, , points] = item;
      if (points === '0') continue;
      const id = idOf(programme, item);
      this.rules.set(id, (this.rules.get(id) ?? 0n) + BigInt(points));
      const category = rule === NO_RULE ? undefined : lines?.[line]?.category;
      if (category !== undefined && this.harm.has(category)) this.totals.onHarm += sumOf([item]);
    }
  }

  /** Counts in where the member is at the end. */
  end(member: MemberState, { from, until }: Window): void {
    const { totals, side, accrued } = this;
    totals.accrued += accrued;
    const gone = goneBy(side.programme, member, until);
    totals.balance += member.points + member.held - gone;
    totals.expired += gone;
    totals.owed += member.owed;
    add(totals.tiers, tierOf(side.programme, member));
    if (isNearTier(side.programme, member, until)) totals.nearTier += 1;
    for (const code of this.reached) add(totals.reached, code);
    for (const [id, points] of this.rules) {
      const before = under(totals.rules, id) ?? { accrued: 0n, members: 0 };
      const paid = points > 0n ? 1 : 0;
      totals.rules[id] = { accrued: before.accrued + points, members: before.members + paid };
    }
    if (!this.hasBought) return;
    const points = Number(accrued / BILLION);
    count(totals.points, points);
    const since = Math.max(from, Math.min(member.enrolledAt, this.firstAt));
    const months = (until - since) / MONTH_MS;
    count(totals.monthly, points / Math.max(months, 1));
  }
}

/** What tiers add, and what no rule says, go by names of their own. */
function idOf({ rules }: Programme, [rule]: ExplanationItem): string {
  return rule === TIER_RULE ? 'tiers' : (rules[rule]?.id ?? 'others');
}

const pointsTo = ({ entries }: PostingDraft, account: string): number =>
  entries.reduce((sum, { credit, amount }) => sum + (credit === account ? amount : 0), 0);

/** Points whose date has passed, told or not: they are no liability for long. */
const goneBy = (programme: Programme, member: MemberState, until: number): number =>
  passedBy(programme, member, until).reduce(
    (sum, { remaining, held }) => sum + remaining - held,
    0,
  );

export const tierOf = (programme: Programme, member: MemberState): string =>
  standingOf(programme, pointOf(member)).code;

function isNearTier(programme: Programme, member: MemberState, at: number): boolean {
  const { tiers } = programme;
  const code = tierOf(programme, member);
  const next = tiers[tiers.findIndex((tier) => tier.code === code) + 1];
  if (next === undefined) return false;
  const tally = tallyAt(programme, member, at);
  return next.ways.some(
    ({ metric, threshold }) =>
      tally[metric] < threshold && tally[metric] * 100n >= threshold * NEAR,
  );
}
