/** EXPIRY: points that are about to go stay, for less than a hundredth of them. */
import type { Programme } from '../../rules/programme.js';
import { DAY_MS } from '../../rules/period.js';
import { noticesOf } from '../../rules/expiry/terms.js';
import { feeOf, turned, type ForeignCurrency } from '../../rules/conversions/terms.js';
import { figure, money } from '../words.js';
import type { Found } from '../finding.js';
import { storyOf, type Subject } from '../subject.js';
import type { Bench } from '../probes/bench.js';
import type { Step } from '../world/step.js';
import { World } from '../world/world.js';

/** Points that somebody would lose. */
const AT_STAKE = 10_000;
/** The part of what stays that keeping it may cost, or more. */
const COST_SHARE = 0.01;
const HOUR_MS = 3_600_000;
const NOON_MS = 12 * HOUR_MS;
/** Purchases until there are points enough at most. */
const PURCHASES_MAX = 400;

/** Something done with points shortly before they go. */
interface Way {
  about: string;
  pointer: string;
  /** Points that it takes. */
  points: number;
  tier: string | undefined;
  steps: readonly Step[];
  /** Days until what was done ends by itself; 0 = at once. */
  lastsDays: number;
  growth: Found['gain']['growth'];
  title: string;
  /** What a member does. */
  act: string;
}

/**
 * Only points with a date can be kept by something that has a price: a silence is ended by any act of
 * will, and the cheapest of them, a login, costs nothing. Nothing goes of which nobody is told.
 */
export function expiry(subject: Subject): Found[] {
  const { whole } = subject;
  const terms = whole.programme.expiry;
  if (terms.kind !== 'rolling' || noticesOf(terms) === undefined) return [];
  const best = (ways: readonly Way[]): Found[] =>
    ways
      .flatMap((way) => keptBy(subject, way) ?? [])
      .sort((a, b) => b.gain.minor - a.gain.minor)
      .slice(0, 1);
  return [...best(vouchers(whole.programme)), ...best(circles(whole.programme))];
}

/** Vouchers that give their points back: taken, never used, and taken again. */
const vouchers = ({ rewards, tiers }: Programme): Way[] =>
  [...rewards.values()].flatMap(({ code, name, points, minimumTier, voucher }, place): Way[] => {
    if (voucher?.pointsBack !== true) return [];
    return [
      {
        about: code,
        pointer: `/rewards/${String(place)}/voucher/ifUnused`,
        points,
        tier: minimumTier === 0 ? undefined : tiers[minimumTier]?.code,
        steps: [{ kind: 'redeem', who: 'me', reward: code }],
        lastsDays: voucher.usableDays + 1,
        growth: 'repeatable',
        title: `A voucher that nobody uses keeps points from going`,
        act: `takes "${name}" the day before ${figure(points)} points go, and never uses it`,
      },
    ];
  });

/** Points that leave for a partner and come back with a new date. */
const circles = ({ conversions }: Programme): Way[] =>
  [...conversions.values()].flatMap((currency, place): Way[] => {
    const { code, name } = currency;
    const round = roundOf(currency);
    if (round === undefined) return [];
    const { points, fee, units } = round;
    return [
      {
        about: code,
        pointer: `/conversions/${String(place)}/in`,
        points: points + fee,
        tier: undefined,
        steps: [
          { kind: 'convert', who: 'me', currency: code, points },
          { kind: 'bring', who: 'me', currency: code, units },
        ],
        lastsDays: 0,
        growth: 'per_year',
        title: `Points come back from "${name}" as good as new`,
        act: `turns ${figure(points)} points into "${name}" the day before they go, and back at once`,
      },
    ];
  });

/** The most that goes out and back in at once; undefined = it does not do both. */
function roundOf({
  out,
  in: into,
}: ForeignCurrency): { points: number; fee: number; units: number } | undefined {
  if (out === undefined || into === undefined) return undefined;
  const most = Math.min(AT_STAKE, out.limits.day, out.limits.year, out.limits.lifetime);
  const back = Math.min(into.limits.day, into.limits.year, into.limits.lifetime);
  const least = Math.max(out.minimumPoints, out.step);
  for (let points = most - (most % out.step); points >= least; points -= out.step) {
    const fee = feeOf(out, points);
    const got = turned(out, points);
    const units = got - (got % into.step);
    const fits = points + fee <= most && turned(into, units) <= back;
    if (fits && units >= into.minimumUnits) return { points, fee, units };
  }
  return undefined;
}

function keptBy({ whole, document }: Subject, way: Way): Found | undefined {
  const world = aboutToGo(whole, way);
  if (world === undefined) return undefined;
  const { at: goesAt, world: left } = world;
  const other = left.fork();
  for (const step of way.steps) {
    if (whole.count(other.take(step)).refused !== undefined) return undefined;
  }
  for (const each of [left, other]) {
    each.take({ kind: 'wait', until: goesAt + NOON_MS });
    each.take({ kind: 'expire', who: 'me' });
  }
  if (way.lastsDays > 0) {
    other.take({ kind: 'wait', until: goesAt + way.lastsDays * DAY_MS + NOON_MS });
    other.take({ kind: 'lapse', who: 'me' });
  }
  const kept = other.member('me').points - left.member('me').points;
  const cost = way.points - kept;
  if (kept < 1 || cost >= COST_SHARE * kept) return undefined;
  const worth = kept * whole.worth.best;
  return {
    check: 'EXPIRY',
    severity: 'medium',
    claim: 'replayed',
    about: [way.about],
    pointer: way.pointer,
    title: way.title,
    explanation:
      `Somebody ${way.act}. ${figure(kept)} of them are there afterwards, which cost ` +
      `${figure(cost)} points and no money: ${money(document, worth)} that you count as gone, ` +
      `and as much whenever they would go again.`,
    gain: { minor: Math.round(worth), growth: way.growth },
    witness: [storyOf(left), storyOf(other)],
  };
}

/** Somebody whose points all go on one day, who was told of it, the day before; undefined = too few. */
function aboutToGo(bench: Bench, { points, tier }: Way): { world: World; at: number } | undefined {
  const { programme, domain, bounds } = bench;
  const { at } = domain.plain;
  const amount = bounds.largestBasket;
  const category = bench.categories.find(
    (each) => bench.points(bench.tiers[0] ?? '', { category: each, amount, how: domain.plain }) > 0,
  );
  if (category === undefined) return undefined;
  const world = new World(programme, at);
  world.take({ kind: 'enrol', who: 'me' });
  for (let n = 0; n < PURCHASES_MAX && world.member('me').points < points; n += 1) {
    bench.count(world.take({ kind: 'buy', who: 'me', category, amount, how: { at } }));
  }
  const goesAt = Math.min(...(world.member('me').lots ?? []).map((lot) => lot.expiresAt ?? at));
  if (world.member('me').points < points || goesAt <= at) return undefined;
  const days = Math.max(...(noticesOf(programme.expiry)?.daysBefore ?? [])) + 1;
  world.take({ kind: 'wait', until: goesAt - days * DAY_MS + NOON_MS });
  world.take({ kind: 'see', who: 'me' });
  world.take({ kind: 'wait', until: goesAt - NOON_MS });
  if (tier !== undefined) world.take({ kind: 'grant', who: 'me', tier });
  return { world, at: goesAt };
}
