/** ORDER: two purchases, one behind the other, earn more the one way round than the other. */
import { figure, money } from '../words.js';
import type { Found } from '../finding.js';
import type { Group } from '../../rules/programme.js';
import { nameOf, pointerTo, settings, storyOf, type Subject } from '../subject.js';
import type { Bench, Probe } from '../probes/bench.js';
import type { Done } from '../world/step.js';
import type { World } from '../world/world.js';
import { isOfTheFirst } from './bonuses.js';

/** The part of both purchases that their order may win at most. */
const SHARE = 0.005;

/** A purchase, and in minor units what it is paid for by rules that wait for each other. */
interface Paid {
  probe: Probe;
  worth: number;
}

/** Two purchases of one moment, the one that takes more of a limit first. */
interface Two {
  more: Probe;
  less: Probe;
  group: Group;
}

interface Pair {
  worse: World;
  better: World;
  won: number;
  group: Group;
}

/**
 * Of all purchases that were tried those two for each cap and cool-down of which one takes most of it and
 * one least, at the same moment. What rules pay for a first or n-th purchase, or one after a silence, goes
 * to whichever comes first, which is what they are for, and is left out.
 */
export function order({ whole, probes, document }: Subject): Found[] {
  const ofTheFirst = new Set(whole.rules.filter(isOfTheFirst).map(({ id }) => id));
  const tried = settings(probes).flatMap(({ category, how }) =>
    whole.narrowedTo(category).sizes.map((amount) => {
      const probe = { category, amount, how };
      return { probe, done: whole.buy(whole.topTier, probe) };
    }),
  );
  const best = whole.programme.groups
    .filter(({ coolDownMs, caps }) => coolDownMs > 0 || caps.length > 0)
    .flatMap((group) => pairOf(whole, group, tried) ?? [])
    .map((two) => played(whole, two, ofTheFirst))
    .filter(({ won, worse }) => won >= 1 && won * whole.worth.best > SHARE * spentIn(worse))
    .sort((a, b) => b.won - a.won)[0];
  if (best === undefined) return [];
  const { won, worse, better, group } = best;
  const ids = group.rules.flatMap((place) => whole.programme.rules[place]?.id ?? []);
  const [first = ''] = ids;
  const worth = won * whole.worth.best;
  return [
    {
      check: 'ORDER',
      severity: 'low',
      claim: 'replayed',
      about: ids,
      pointer: pointerTo(document, first),
      title: `"${nameOf(document, first)}" goes by which of two purchases is paid first`,
      explanation:
        `Two purchases at the same till, ${money(document, spentIn(worse))} together, earn ` +
        `${figure(won)} points more in the other order, worth ${money(document, worth)}. ` +
        `Whoever knows it pays for the larger one first; nobody else understands why they got less.`,
      gain: { minor: Math.round(worth), growth: 'repeatable' },
      witness: [storyOf(worse), storyOf(better)],
    },
  ];
}

/** Two purchases of one moment of which one takes much of a limit and one little. */
function pairOf(
  bench: Bench,
  group: Group,
  tried: readonly { probe: Probe; done: Done }[],
): Two | undefined {
  const ids = group.rules.flatMap((place) => bench.programme.rules[place]?.id ?? []);
  const byInstant = new Map<number, { most?: Paid; least?: Paid }>();
  for (const { probe, done } of tried) {
    const paid = ids.reduce((sum, id) => sum + (done.rules.get(id) ?? 0n), 0n);
    if (paid <= 0n) continue;
    const each: Paid = { probe, worth: (Number(paid) / 1e9) * bench.worth.best };
    const known = byInstant.get(probe.how.at) ?? {};
    byInstant.set(probe.how.at, {
      most: netOf(each, -1) > netOf(known.most, -1) ? each : (known.most ?? each),
      least: netOf(each, 1) < netOf(known.least, 1) ? each : (known.least ?? each),
    });
  }
  let best: Two | undefined;
  let most = 0;
  for (const { most: more, least: less } of byInstant.values()) {
    if (more === undefined || less === undefined) continue;
    const won = netOf(more, -1) - netOf(less, 1);
    if (won <= most) continue;
    [best, most] = [{ more: more.probe, less: less.probe, group }, won];
  }
  return best;
}

/** What is paid, and what may be won of the amount on top or off it; nothing is the worst of both. */
const netOf = (paid: Paid | undefined, sign: 1 | -1): number =>
  paid === undefined ? sign * Infinity : paid.worth + sign * SHARE * paid.probe.amount;

function played(
  bench: Bench,
  { more: one, less: other, group }: Two,
  ofTheFirst: ReadonlySet<string>,
): Pair {
  const start = bench.world(bench.topTier, { at: one.how.at });
  const [ahead, behind] = [start.fork(), start.fork()];
  const earn = (world: World, { category, amount, how }: Probe): bigint => {
    const { ordinal, silentDays, ...rest } = how;
    const done = world.take({ kind: 'buy', who: 'me', category, amount, how: rest });
    const left = [...ofTheFirst].reduce((sum, id) => sum + (done.rules.get(id) ?? 0n), 0n);
    return bench.count(done).billionths - left;
  };
  const more = earn(ahead, one) + earn(ahead, other);
  const less = earn(behind, other) + earn(behind, one);
  return { worse: behind, better: ahead, won: Number(more - less) / 1e9, group };
}

/** Minor units of both purchases. */
const spentIn = ({ done }: World): number =>
  done.slice(-2).reduce((sum, { money: paid }) => sum + paid, 0);
