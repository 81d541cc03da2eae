/** What worked on an earlier document, played on this one: an old way to game it that is back. */
import { money } from '../words.js';
import type { Check, Finding, Found, Story } from '../finding.js';
import { storyOf, type Subject } from '../subject.js';
import type { Bench } from '../probes/bench.js';
import { DAY_MS } from '../../rules/period.js';
import type { Step } from '../world/step.js';
import { World } from '../world/world.js';

/** Checks of which one story says by itself what it brings. */
const alone: readonly Check[] = ['PUMP', 'DEBT', 'FARM', 'GIVEBACK', 'STACK', 'BOUNDED', 'COUNT'];
const WEEK_MS = 7 * DAY_MS;

/** Findings of earlier audits whose witness brings too much again, and that are not told already. */
export function worksAgain(
  subject: Subject,
  known: readonly Finding[],
  told: ReadonlySet<string>,
): Found[] {
  const { whole, plain, document } = subject;
  return known.flatMap((finding): Found[] => {
    const [story] = finding.witness;
    if (told.has(finding.id) || !alone.includes(finding.check) || story === undefined) return [];
    const bench = finding.rulesAlone === true ? plain : whole;
    const world = playedAgain(bench, story);
    const { giveback, stacked } = bench.bounds;
    const share = bench === plain ? giveback : stacked;
    const gain = world && gainOf(bench, world, share);
    if (world === undefined || gain === undefined) return [];
    const least = finding.gain.growth === 'repeatable' ? 0 : bench.bounds.allowance;
    if (gain < bench.worth.best || gain < 1 || gain <= least) return [];
    return [
      {
        ...finding,
        explanation:
          `What was found in an earlier document works in this one too. It brings ` +
          `${money(document, gain)} more than you allow.`,
        gain: { ...finding.gain, minor: Math.round(gain) },
        witness: [storyOf(world)],
      },
    ];
  });
}

/**
 * The steps of a story at the same hours of the week, so many weeks later that the last one is not over;
 * undefined = they speak of what there is no more.
 */
function playedAgain(bench: Bench, story: Story): World | undefined {
  const last = story.at(-1)?.at ?? 0;
  const shift = Math.max(0, Math.ceil((bench.at - last) / WEEK_MS)) * WEEK_MS;
  const world = new World(bench.programme, (story[0]?.at ?? 0) + shift);
  for (const { step, refused } of story) {
    if (!isThere(bench, step)) return undefined;
    const done = world.take(resold(bench, world, later(step, shift)));
    if (done.refused !== undefined && refused === undefined) return undefined;
  }
  return world;
}

function isThere({ document, tiers, programme, categories }: Bench, step: Step): boolean {
  switch (step.kind) {
    case 'grant':
      return tiers.includes(step.tier);
    case 'buy':
      return categories.includes(step.category);
    case 'redeem':
      return programme.rewards.has(step.reward);
    case 'coupon':
      return programme.coupons.has(step.coupon);
    case 'give':
      return programme.transfers !== undefined;
    case 'refer':
      return document.referral !== undefined;
    case 'convert':
    case 'bring':
      return programme.conversions.has(step.currency);
    case 'enrol':
    case 'do':
    case 'return':
    case 'sell-on':
    case 'see':
    case 'expire':
    case 'lapse':
    case 'wait':
      return true;
  }
}

function later(step: Step, shift: number): Step {
  if (step.kind === 'wait') return { ...step, until: step.until + shift };
  if (step.kind !== 'buy' && step.kind !== 'do') return step;
  return { ...step, how: { ...step.how, at: step.how.at + shift } };
}

/** Selling on, for what the goods bought last are sold on for now. */
function resold({ bounds }: Bench, { done }: World, step: Step): Step {
  const last = done.at(-1)?.step;
  if (step.kind !== 'sell-on' || last?.kind !== 'buy') return step;
  return { ...step, back: Math.floor(step.amount * (bounds.resale.get(last.category) ?? 0)) };
}

/** Minor units that everybody has of a world beyond what is meant for what was bought and kept. */
function gainOf(bench: Bench, world: World, share: number): number {
  const kept = new Map<string, number>();
  const people = new Set<string>();
  let had = 0;
  for (const [place, { step, seq, money: paid, worth }] of world.done.entries()) {
    if ('who' in step) people.add(step.who);
    had += worth;
    if (step.kind === 'return') kept.delete(`${step.who} ${String(step.purchase)}`);
    if (step.kind === 'sell-on') had -= step.amount - step.back;
    const isSold = world.done[place + 1]?.step.kind === 'sell-on';
    if (step.kind === 'buy' && !isSold) kept.set(`${step.who} ${String(seq)}`, paid);
  }
  const points = [...people].reduce((sum, who) => {
    const { points: whole, owed } = world.member(who);
    return sum + Math.max(0, whole - owed);
  }, 0);
  const spent = [...kept.values()].reduce((sum, paid) => sum + paid, 0);
  return had + points * bench.worth.best - share * spent;
}
