import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { act, type Action } from '../../src/rules/act.js';
import type { Programme } from '../../src/rules/programme.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { draws } from '../support/draws.js';
import { aProgramme } from '../support/programme.js';
import { aLine, aMember, DAY, HOUR, memberOf, NOON, versionsOf } from '../support/state.js';
import { CoreStep, setUp, type Model, type Real } from './core-run.js';
import { programmes } from './programmes.js';
import { anyStep } from './steps.js';

const BILLION = 1_000_000_000n;
const published = programmes.fractions;

/** A member and everything posted, under a programme of one version. */
class Story {
  member: MemberState = aMember({ history: [], purchases: new Map() });
  readonly postings: PostingDraft[] = [];

  constructor(private readonly programme: Programme) {}

  do(action: Action): this {
    const outcome = act(this.programme, { members: [this.member] }, action);
    this.member = memberOf(outcome);
    this.postings.push(...outcome.postings);
    return this;
  }

  buy(pence: number, occurredAt: number, at = occurredAt): number {
    const purchase = { lines: [aLine(pence)], tenders: [] };
    const versions = versionsOf(this.programme);
    this.do({ kind: 'accrue', at, occurredAt, purchase, versions });
    return this.member.version;
  }

  bringBack(purchase: number, at: number): void {
    const versions = versionsOf(this.programme);
    this.do({ kind: 'return', at, occurredAt: at, purchase, versions });
  }

  hold(at: number): void {
    this.do({ kind: 'hold', at, retailer: 'shop', reward: 'tea' });
  }

  /** What is left by terms, and the figures; when the newest event was is not part of it. */
  end(): object {
    const { lots = [], owed, points, held, pending, qualifying, remainder, tier } = this.member;
    const left = new Map<string, number>();
    for (const { accruedAt, availableFrom, expiresAt, remaining } of lots) {
      const terms = [accruedAt, availableFrom, expiresAt].join();
      left.set(terms, (left.get(terms) ?? 0) + remaining);
    }
    const terms = [...left].filter(([, remaining]) => remaining > 0);
    const used = [...this.member.counters].filter(([, each]) => each !== 0);
    const figures = { owed, points, held, pending, qualifying, remainder };
    return {
      ...figures,
      tier: tier === '' ? 'blue' : tier,
      terms: terms.sort(),
      used: used.sort(),
    };
  }
}

describe('Reward Integrity', () => {
  const [rate, plants, times, bonus, minimum] = [333_333n, 1_700_000n, 1_333_333n, 7n, 1_500];

  /** The most that what is kept of the purchases could have earned, in billionths. */
  function mostFor({ purchases = new Map(), history = [] }: MemberState): bigint {
    let most = 0n;
    for (const [seq, { lines }] of purchases) {
      const returned = history.filter(({ purchase }) => purchase === seq);
      const back = returned.flatMap((each) => each.returned);
      let kept = 0;
      lines.forEach(({ amount, category }, index) => {
        const gone = back.filter(({ line }) => line === index);
        const rest = amount - gone.reduce((sum, each) => sum + each.amount, 0);
        expect(rest).toBeGreaterThanOrEqual(0);
        kept += rest;
        most += (BigInt(rest) * (category === 'garden' ? plants : rate) * times) / 100_000n;
      });
      if (kept >= minimum) most += bonus * BILLION;
    }
    return most;
  }

  const given = ({ postings }: { postings: readonly PostingDraft[] }): number =>
    postings
      .filter(({ kind }) => kind === 'adjust')
      .reduce((sum, { billionths }) => sum + Number(billionths / BILLION), 0);

  it('R15, R17: what is there, was redeemed, and is not owed never exceeds what kept goods award', () => {
    const steps = [anyStep.map((step): fc.Command<Model, Real> => new CoreStep(step))];
    const commands = fc.commands(steps, { maxCommands: 60, size: 'max' });
    fc.assert(
      fc.property(commands, (drawn) => {
        const run = setUp(published);
        fc.modelRun(() => run, drawn);
        const { member, postings } = run.real;
        const { points, held, owed, redemptions = [], history = [] } = member;
        const captured = redemptions.filter(({ state }) => state === 'captured');
        const spent = captured.reduce((sum, redemption) => sum + redemption.points, 0);
        const exact = history.flatMap(({ explanation }) =>
          explanation.map((item) => BigInt(item[3])),
        );
        const awarded = exact.reduce((sum, each) => sum + each, 0n);
        const all = points + held + spent - owed - given({ postings });
        expect(all).toBe(Number(awarded / BILLION));
        expect(awarded).toBeLessThanOrEqual(mostFor(member));
      }),
      { numRuns: draws(150) },
    );
  });
});

describe('Refund-Reward Consistency', () => {
  const tea = [{ code: 'tea', name: 'Tea', points: 9, value: { amount: 1, currency: 'GBP' } }];
  const plain = aProgramme({
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '0.333333' }],
    tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    rewards: tea,
  });
  const rich = aProgramme({
    tiers: [
      { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
      { code: 'silver', name: 'Silver', threshold: 60, multiplier: '1.25' },
    ],
    rewards: tea,
  });
  const amounts = fc.array(fc.integer({ min: 1, max: 9_999 }), { maxLength: 4 });

  it.each(['plain', 'rich'])('R15, R16: buying and bringing back is nothing done (%s)', (which) => {
    const programme = which === 'plain' ? plain : rich;
    fc.assert(
      fc.property(amounts, amounts, amounts, fc.integer({ min: 1, max: 9_999 }), (...drawn) => {
        const [before, between, after, pence] = drawn;
        const run = (does: boolean): object => {
          const story = new Story(programme);
          let at = NOON;
          const next = (): number => (at += HOUR);
          for (const each of before) story.buy(each, next());
          const bought = next();
          const purchase = does ? story.buy(pence, bought) : 0;
          // Where caps and tiers count, what comes between was decided under those of its moment.
          if (which === 'plain') for (const each of between) story.buy(each, next());
          const back = next();
          if (does) story.bringBack(purchase, back);
          for (const each of after) story.buy(each, next());
          return story.end();
        };
        expect(run(true)).toEqual(run(false));
      }),
      { numRuns: draws(300) },
    );
  });

  it('R15: what was bought in between stays as awarded, under the tier that went since', () => {
    const story = new Story(rich);
    const large = story.buy(9_000, NOON);
    story.buy(1_000, NOON + HOUR);
    story.bringBack(large, NOON + 2 * HOUR);
    const alone = new Story(rich);
    alone.buy(1_000, NOON + HOUR);
    // Ten pounds at silver's rate, although the member is blue again.
    expect([story.member.points, story.member.tier]).toEqual([12, 'blue']);
    expect([alone.member.points, alone.member.tier]).toEqual([10, 'blue']);
  });
});

describe('what a late event does not undo', () => {
  const programme = aProgramme({
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
    rewards: [{ code: 'tea', name: 'Tea', points: 9, value: { amount: 1, currency: 'GBP' } }],
    returnWindowDays: 0,
    expiry: { kind: 'rolling', months: 1 },
  });
  const left = ({ member }: Story): [number, number][] =>
    (member.lots ?? [])
      .map(({ accruedAt, remaining }): [number, number] => [(accruedAt - NOON) / DAY, remaining])
      .sort(([a], [b]) => a - b);

  it('R11: a redemption made before it keeps the lots it took, which in time were others', () => {
    const late = new Story(programme);
    late.buy(1_000, NOON - DAY);
    late.hold(NOON);
    late.do({ kind: 'capture', at: NOON, redemption: late.member.version });
    late.buy(1_000, NOON - 3 * DAY, NOON + HOUR);
    const inTime = new Story(programme);
    inTime.buy(1_000, NOON - 3 * DAY);
    inTime.buy(1_000, NOON - DAY);
    inTime.hold(NOON);
    inTime.do({ kind: 'capture', at: NOON, redemption: inTime.member.version });
    expect(left(late)).toEqual([
      [-3, 10],
      [-1, 1],
    ]);
    expect(left(inTime)).toEqual([
      [-3, 1],
      [-1, 10],
    ]);
  });

  it('R11, R12: a hold refused before it stays refused, though its points were there in time', () => {
    const late = new Story(programme);
    late.buy(500, NOON - DAY);
    late.hold(NOON);
    late.buy(500, NOON - 3 * DAY, NOON + HOUR);
    const kinds = late.postings.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'hold' || kind === 'refused')).toEqual(['refused']);
    expect([late.member.points, late.member.held]).toEqual([10, 0]);
    const inTime = new Story(programme);
    inTime.buy(500, NOON - 3 * DAY);
    inTime.buy(500, NOON - DAY);
    inTime.hold(NOON);
    expect([inTime.member.points, inTime.member.held]).toEqual([1, 9]);
    late.hold(NOON + 2 * HOUR);
    expect([late.member.points, late.member.held]).toEqual([1, 9]);
  });
});
