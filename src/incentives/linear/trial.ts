/**
 * Members who do whatever comes to them, on the core, while a list of prices is held against every
 * step: what a step brings may be worth no more than what it uses. Steps come out of a seeded
 * sequence, so that the same programme is tried in the same way.
 */
import { DAY_MS } from '../../rules/period.js';
import type { Bench } from '../probes/bench.js';
import { householdOf, namesOf, readingsIn } from '../probes/household.js';
import type { Done, Step } from '../world/step.js';
import type { World } from '../world/world.js';
import { FRIEND_PURCHASES, FRIENDS, MINOR, ONE, POINTS, showsNew, type Column } from './column.js';
import { limitersOf } from './limiters.js';
import { gainAt, type Prices } from './prices.js';
import { shareOf } from './purchases.js';
import type { Table } from './table.js';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * DAY_MS;
const STEPS = 24;

export interface Tried {
  /** Steps that were not refused. */
  steps: number;
  sequences: number;
  /** Kinds of steps that were done, and ids of rules that paid. */
  kinds: ReadonlySet<string>;
  rules: ReadonlySet<string>;
  /** The sequence that gained most beyond the prices, and that in 10^-18 minor units; 0n = none did. */
  most: bigint;
  worst: readonly Step[];
}

/** Tries so many sequences; `chance` tells numbers from 0 to below 1. */
export function tryOut(
  { bench, columns, share }: Table,
  prices: Prices,
  { sequences, chance }: { sequences: number; chance: () => number },
): Tried {
  const tried = { steps: 0, kinds: new Set<string>(), rules: new Set<string>() };
  const read = readingsIn(bench);
  let most = 0n;
  let worst: Step[] = [];
  for (let n = 0; n < sequences; n += 1) {
    // Every third sequence is made of acts that show a rule that none before did.
    const unmet = n % 3 === 2 ? columns.filter((each) => showsNew(each, tried.rules)) : [];
    const played = unmet.length > 0 ? unmet : columns;
    const world = householdOf(bench, read, chance);
    const play = new Play(bench, world, played, prices, shareOf(share), chance);
    for (let step = 0; step < STEPS; step += 1) {
      const gained = play.next(tried);
      if (gained <= most) continue;
      most = gained;
      worst = play.world.done.map((each) => each.step);
    }
  }
  return { ...tried, sequences, most, worst };
}

class Play {
  /** What may come back. */
  private readonly open = new Map<string, { who: string; purchase: number; until: number }>();
  /** What each member's purchases gained less than nothing; 10^-18 minor units. */
  private readonly left = new Map<string, bigint>();
  private readonly names: readonly string[];
  /** Minor units for which what is bought next is sold on; undefined = it is kept. */
  private soldFor: number | undefined;

  constructor(
    private readonly bench: Bench,
    readonly world: World,
    private readonly columns: readonly Column[],
    private readonly prices: Prices,
    private readonly share: bigint,
    private readonly chance: () => number,
  ) {
    this.names = namesOf(bench);
  }

  private oneOf<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.chance() * list.length)];
  }

  /** Does one step; tells what it gains beyond the prices, in 10^-18 minor units. */
  next(tried: { steps: number; kinds: Set<string>; rules: Set<string> }): bigint {
    const step = this.step();
    if (step === undefined) return 0n;
    const { world, bench } = this;
    const before = this.wealth();
    const counters = this.countersOf(step);
    const done = bench.count(world.take(step));
    if (done.refused !== undefined) return 0n;
    tried.steps += 1;
    tried.kinds.add(step.kind);
    for (const rule of done.rules.keys()) tried.rules.add(rule);
    const uses = this.used(step, done, counters);
    uses.set(POINTS, before - this.wealth());
    const excess = this.excess(step, done);
    if (step.kind === 'buy' && this.soldFor !== undefined) {
      const { who, amount } = step;
      tried.kinds.add('sell-on');
      world.take({ kind: 'sell-on', who, amount, back: this.soldFor });
    }
    return this.settled(step, done, gainAt(this.prices, { excess, uses }));
  }

  /**
   * What is gained once what was left over before is thought of: bringing something back frees caps
   * and cool-downs for what else was bought, so that all of a member's purchases are one account.
   */
  private settled(step: Step, done: Done, gained: bigint): bigint {
    if (step.kind !== 'buy' && step.kind !== 'return') return gained;
    const left = (this.left.get(step.who) ?? 0n) - gained;
    this.left.set(step.who, left);
    if (step.kind === 'return') {
      this.open.delete(`${step.who} ${String(step.purchase)}`);
      return -left;
    }
    if (done.seq !== undefined && this.soldFor === undefined) {
      // Some bring things back at once where nobody takes anything back.
      const until = done.at + Math.max(this.bench.programme.returnWindowDays, 1) * DAY_MS;
      this.open.set(`${step.who} ${String(done.seq)}`, {
        who: step.who,
        purchase: done.seq,
        until,
      });
    }
    return gained;
  }

  private step(): Step | undefined {
    this.soldFor = undefined;
    const who = this.oneOf(this.names) ?? '';
    const roll = this.chance();
    if (roll < 0.12) {
      const days = roll < 0.02 ? 65 : roll < 0.05 ? 20 : 2;
      return { kind: 'wait', until: this.world.now + this.chance() * days * DAY_MS + HOUR_MS };
    }
    if (roll < 0.22) {
      const back = this.oneOf(
        [...this.open.values()].filter(({ until }) => this.world.now < until),
      );
      return back && { kind: 'return', who: back.who, purchase: back.purchase };
    }
    if (roll < 0.3 && this.bench.programme.transfers !== undefined) {
      const to = this.oneOf(this.names) ?? '';
      const points = this.bench.programme.transfers.minimumPoints;
      return to === who ? undefined : { kind: 'give', who, to, points };
    }
    if (roll < 0.38) {
      const friend = this.oneOf(this.names.slice(1));
      const isOne = friend !== undefined && this.world.member(friend).referral !== undefined;
      return isOne ? { kind: 'refer', who: friend } : undefined;
    }
    return this.likeColumn(who);
  }

  /** What some column does, of another size now and then, at the next instant that is like its own. */
  private likeColumn(who: string): Step | undefined {
    const column = this.oneOf(this.columns);
    const like = column?.steps.find(({ kind }) => kind !== 'enrol' && kind !== 'wait');
    if (like === undefined || !('who' in like) || like.kind === 'return' || like.kind === 'refer') {
      return undefined;
    }
    if (like.kind !== 'buy' && like.kind !== 'do') return { ...like, who };
    const { now } = this.world;
    const weeks = Math.max(0, Math.ceil((now - like.how.at) / WEEK_MS));
    this.world.take({ kind: 'wait', until: like.how.at + weeks * WEEK_MS });
    const step = { ...like, who, how: { ...like.how, at: this.world.now } };
    if (step.kind === 'do') return step;
    const { resale, largestBasket } = this.bench.bounds;
    const isLike = this.chance() < 0.7;
    const amount = isLike ? step.amount : 1 + Math.floor(this.chance() ** 3 * largestBasket);
    if (column?.family === 'resale') {
      this.soldFor = Math.floor(amount * (resale.get(step.category) ?? 0));
    }
    return { ...step, amount };
  }

  /** Points of everybody, in billionths; debts are walked away from. */
  private wealth(): bigint {
    return this.names.reduce((sum, who) => {
      const { points, remainder } = this.world.member(who);
      return sum + BigInt(points) * ONE + remainder;
    }, 0n);
  }

  private countersOf(step: Step): ReadonlyMap<string, number> {
    return 'who' in step ? this.world.member(step.who).counters : new Map<string, number>();
  }

  private used(step: Step, done: Done, before: ReadonlyMap<string, number>): Map<string, bigint> {
    const { programme } = this.bench;
    const uses = new Map<string, bigint>();
    const add = (id: string, amount: bigint): void => {
      uses.set(id, (uses.get(id) ?? 0n) + amount);
    };
    if (step.kind === 'buy' || step.kind === 'do' || step.kind === 'return') {
      const bought = this.bought(step);
      const category = bought?.kind === 'buy' ? bought.category : undefined;
      const after = this.countersOf(step);
      if (bought !== undefined) {
        for (const limiter of limitersOf(programme, bought.how, category)) {
          for (const [id, amount] of limiter.used(before, after)) add(id, amount);
        }
      }
      const { referral } = programme;
      if (referral !== undefined && bought?.kind === 'buy') {
        const sign = step.kind === 'return' ? ONE : -ONE;
        if (bought.amount >= referral.minimumMinor) add(FRIEND_PURCHASES, sign);
      }
    }
    if (step.kind === 'coupon') {
      add(`coupon/${step.coupon}`, ONE);
      const isCapped = programme.giftCaps.some(({ period }) => period === 'lifetime');
      if (isCapped) add('gifts/lifetime', done.billionths);
    }
    if (step.kind === 'refer' && done.billionths > 0n) {
      add(FRIENDS, ONE);
      add(FRIEND_PURCHASES, 2n * ONE);
    }
    return uses;
  }

  /** The purchase that a step is, or brings back. */
  private bought(step: Step): Extract<Step, { kind: 'buy' | 'do' }> | undefined {
    if (step.kind === 'buy' || step.kind === 'do') return step;
    if (step.kind !== 'return') return undefined;
    const found = this.world.done.find(
      (each) =>
        each.seq === step.purchase && each.step.kind === 'buy' && each.step.who === step.who,
    )?.step;
    return found?.kind === 'buy' ? found : undefined;
  }

  /** Millionths of a minor unit beyond what is meant to go back. */
  private excess(step: Step, { worth }: Done): bigint {
    if (step.kind === 'buy') {
      if (this.soldFor !== undefined) return BigInt(this.soldFor - step.amount) * MINOR;
      return -BigInt(step.amount) * this.share;
    }
    const bought = this.bought(step);
    if (step.kind === 'return' && bought?.kind === 'buy') return BigInt(bought.amount) * this.share;
    return step.kind === 'redeem' ? BigInt(worth) * MINOR : 0n;
  }
}
