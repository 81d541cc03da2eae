/** POOL and REACH: points sent to where they are worth more, and rewards nobody reaches. */
import { figure, money } from '../words.js';
import type { Found } from '../finding.js';
import { storyOf, type Subject } from '../subject.js';
import type { Bench } from '../probes/bench.js';
import { DAY_MS } from '../../rules/period.js';
import { World } from '../world/world.js';

/** How much more a point may be worth in a better tier. */
const RATIO = 1.2;
/** Months until the first reward at most. */
const REACH_MONTHS = 12;
/** Months that are looked at. */
const MONTHS_MAX = 120;
const MONTH_DAYS = 30;
const WEEKS_OF_MONTH = 365.25 / 12 / 7;
const GIFTS_MAX = 400;
/** Steps of a long story that are shown. */
const SHOWN = 12;

/** POOL: members send points to one of a better tier, where they are worth more than is allowed. */
export function pool({ whole, document }: Subject): Found[] {
  const { best, ofAll } = whole.worth;
  const { accounts, allowance } = whole.bounds;
  const terms = whole.programme.transfers;
  if (terms === undefined || ofAll === 0 || best <= RATIO * ofAll || accounts < 2) return [];
  const world = gathered(whole, accounts - 1);
  const arrived = world.done.reduce(
    (sum, { step, refused }) =>
      step.kind === 'give' && refused === undefined ? sum + step.points : sum,
    0,
  );
  const worth = arrived * (best - ofAll);
  if (worth <= allowance) return [];
  return [
    {
      check: 'POOL',
      severity: 'medium',
      claim: 'replayed',
      about: ['transfers', whole.topTier],
      pointer: '/transfers',
      title: 'Points are sent to a friend for whom they are worth more',
      explanation:
        `${String(accounts - 1)} members send ${figure(arrived)} points in a year to one of ` +
        `"${whole.topTier}", who spends them on ${whole.worth.what}. ` +
        `There they are worth ${money(document, worth)} more than where they were earned.`,
      gain: { minor: Math.round(worth), growth: 'per_year' },
      witness: [storyOf(world)],
    },
  ];
}

/** Members who buy until they have enough, wait, and send to one of the best tier what they may. */
function gathered(bench: Bench, givers: number): World {
  const { programme, domain, bounds } = bench;
  const terms = programme.transfers;
  const { at } = domain.plain;
  const category = bench.categories[0] ?? '';
  const start = at - (programme.returnWindowDays + MONTH_DAYS * 3) * DAY_MS;
  const names = Array.from({ length: givers }, (_, n) => `giver-${String(n + 1)}`);
  const world = new World(programme, start);
  for (const who of names) {
    world.take({ kind: 'enrol', who });
    for (let n = 0; n < GIFTS_MAX && world.member(who).points < (terms?.perYear ?? 0) * 2; n += 1) {
      const step = { kind: 'buy', who, category, amount: bounds.largestBasket } as const;
      if (world.take({ ...step, how: { at: world.now } }).refused !== undefined) break;
    }
  }
  world.take({ kind: 'enrol', who: 'me' });
  world.take({ kind: 'grant', who: 'me', tier: bench.topTier });
  world.take({ kind: 'wait', until: at + (terms?.lotAgeMs ?? 0) });
  const points = Math.min(terms?.perDay ?? 0, terms?.perYear ?? 0);
  const stopped = new Set<string>();
  for (let n = 0; n < GIFTS_MAX && stopped.size < givers; n += 1) {
    for (const who of names.filter((name) => !stopped.has(name))) {
      const done = bench.count(world.take({ kind: 'give', who, to: 'me', points }));
      if (done.refused !== undefined) stopped.add(who);
    }
    world.take({ kind: 'wait', until: world.now + Math.max(terms?.coolDownMs ?? 0, DAY_MS) });
  }
  return world;
}

/** REACH: by the rules alone the median member gets the first reward after more than a year. */
export function reach({ plain, whole, document }: Subject): Found[] {
  const { medianSpend } = plain.bounds;
  if (medianSpend === undefined || plain.programme.rewards.size === 0) return [];
  const category = leastEarning(plain, medianSpend);
  const world = new World(plain.programme, plain.domain.plain.at);
  world.take({ kind: 'enrol', who: 'me' });
  const { now: start } = world;
  let months = 0;
  while (months < MONTHS_MAX) {
    const how = { at: world.now };
    world.take({ kind: 'buy', who: 'me', category, amount: medianSpend, how });
    months += 1;
    // Always the same ordinary day of the week.
    const weeks = Math.round(months * WEEKS_OF_MONTH);
    world.take({ kind: 'wait', until: start + weeks * 7 * DAY_MS });
    if (hasReward(world)) break;
  }
  const goneAt = firstGoes(world);
  const isGone = goneAt !== undefined && goneAt <= world.now;
  if (months <= REACH_MONTHS && !isGone) return [];
  const isEver = months < MONTHS_MAX;
  const when = isEver ? `after ${String(months)} months` : `not within ${String(months)} months`;
  const gone = isGone ? ', and points go before that' : '';
  return [
    {
      check: 'REACH',
      ...(plain !== whole && { rulesAlone: true as const }),
      severity: 'medium',
      claim: 'replayed',
      about: ['rewards'],
      pointer: '/rewards',
      title: `The median member gets a first reward ${when}${gone}`,
      explanation:
        `Spending ${money(document, medianSpend)} a month on "${category}", half of your members ` +
        `wait ${isEver ? `${String(months)} months` : 'for ever'} for the first reward. ` +
        (isGone
          ? 'The first of their points are gone by then, so that it takes longer still, or never comes.'
          : 'By then they have forgotten the programme.'),
      gain: { minor: 0, growth: 'once' },
      witness: [storyOf(world).slice(0, SHOWN)],
    },
  ];
}

/** When the first points of a member go; undefined = no day is set for any. */
function firstGoes(world: World): number | undefined {
  const days = (world.member('me').lots ?? []).flatMap(({ expiresAt }) => expiresAt ?? []);
  return days.length === 0 ? undefined : Math.min(...days);
}

/** The category of which an ordinary purchase earns least, but something. */
function leastEarning(bench: Bench, amount: number): string {
  const how = bench.domain.plain;
  const earning = bench.categories
    .map((category) => ({
      category,
      points: bench.points(bench.tiers[0] ?? '', { category, amount, how }),
    }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => a.points - b.points);
  return earning[0]?.category ?? bench.categories[0] ?? '';
}

/** Whether any reward can be had now. */
function hasReward(world: World): boolean {
  return [...world.programme.rewards.keys()].some(
    (reward) => world.fork().take({ kind: 'redeem', who: 'me', reward }).refused === undefined,
  );
}
