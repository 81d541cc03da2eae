import fc from 'fast-check';
import { act, type Action } from '../../src/rules/act.js';
import type { Told } from '../../src/rules/expiry/terms.js';
import { endOfDayAfterMonths } from '../../src/rules/period.js';
import type { Programme } from '../../src/rules/programme.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aMember, aPurchase, DAY, lastOf, memberOf, NOON, versionsOf } from '../support/state.js';

const base = aProgramme({
  returnWindowDays: 0,
  lateEvents: { windowDays: 400, older: 'flag' },
  rewards: [{ code: 'r', name: 'R', points: 25, value: { amount: 25, currency: 'GBP' } }],
});
const programme: Programme = {
  ...base,
  expiry: {
    ...{ kind: 'rolling', months: 1 },
    notices: { daysBefore: [7], leastDays: 1, mostDays: null, lastResort: true },
  },
};
const versions = versionsOf(programme);
const fresh = (): MemberState => aMember({ history: [], purchases: new Map(), expired: [] });

function after(member: MemberState, action: Action): MemberState {
  const done = memberOf(act(programme, { members: [member] }, action));
  return { ...done, lots: done.lots?.filter(({ remaining }) => remaining > 0) };
}

/** Every date that is possible was told, before the points came. */
const toldOf = (occurredAt: number): Told => ({
  ...{ notice: 1, upTo: 1_000, evidence: 'email', at: 0 },
  expiresAt: endOfDayAfterMonths(programme.timeZone, occurredAt, 1),
});

type Step =
  { do: 'buy'; amount: number } | { do: 'spend' } | { do: 'back'; of: number; amount: number };

const anyStep: fc.Arbitrary<Step & { days: number }> = fc.oneof(
  fc.record({
    do: fc.constant('buy' as const),
    amount: fc.integer({ min: 100, max: 9_000 }),
    days: fc.nat(20),
  }),
  fc.record({ do: fc.constant('spend' as const), days: fc.nat(20) }),
  fc.record({
    do: fc.constant('back' as const),
    of: fc.nat(9),
    amount: fc.integer({ min: 1, max: 9_000 }),
    days: fc.nat(20),
  }),
);

class Life {
  member = fresh();
  at = NOON;
  spent = 0;
  private readonly bought: number[] = [];
  private readonly told: Told[] = [];

  pass(days: number): void {
    this.at += days * DAY;
    const { at, told } = this;
    this.member = after({ ...this.member, told }, { kind: 'expire', at, until: at });
  }

  step(step: Step): void {
    const { at } = this;
    if (step.do === 'buy') {
      const when = { at, occurredAt: at, versions };
      const purchase = aPurchase([step.amount]);
      this.member = after(this.member, { kind: 'accrue', purchase, ...when });
      this.bought.push(this.member.version);
      this.told.push(toldOf(at));
    } else if (step.do === 'spend') this.spend();
    else this.back(this.bought[step.of], step.amount);
  }

  backWhole(): void {
    for (const seq of this.bought) this.back(seq);
  }

  private back(purchase: number | undefined, amount?: number): void {
    if (purchase === undefined) return;
    const { at } = this;
    const lines = amount === undefined ? undefined : [{ line: 0, amount }];
    const action = { kind: 'return', at, occurredAt: at, purchase, lines, versions } as const;
    this.member = after(this.member, action);
  }

  private spend(): void {
    const { at, member } = this;
    const held = act(
      programme,
      { members: [member] },
      { kind: 'hold', at, retailer: 'shop', reward: 'r' },
    );
    if (held.refusal !== undefined) return;
    const redemption = lastOf(held).seq;
    this.member = after(memberOf(held), { kind: 'capture', at, redemption, versions });
    this.spent += 25;
  }
}

const story = fc.array(anyStep, { minLength: 1, maxLength: 10 });

describe('what comes back of purchases whose points have gone', () => {
  it('R110: is owed by nobody', () => {
    const life = new Life();
    life.step({ do: 'buy', amount: 10_000 });
    life.pass(40);
    expect(life.member).toMatchObject({ points: 0, lots: [] });
    life.backWhole();
    expect(life.member).toMatchObject({ points: 0, owed: 0, expired: [] });
  });

  it('R110: is told, and posted from what had gone, so that it is counted once', () => {
    const life = new Life();
    life.step({ do: 'buy', amount: 10_000 });
    life.pass(40);
    const action = {
      ...({ kind: 'return' } as const),
      ...{ at: life.at, occurredAt: life.at, purchase: 1, versions },
      lines: [{ line: 0, amount: 4_000 }],
    } as const;
    const outcome = act(programme, { members: [life.member] }, action);
    expect(lastOf(outcome).entries).toEqual([
      { debit: 'expired', credit: 'issued', amount: 40, lotSeq: 1, lotN: 0 },
    ]);
    expect(lastOf(outcome).explanation).toContainEqual([-2, -1, 'expired_before', '0', 40]);
    expect(memberOf(outcome).expired).toMatchObject([{ seq: 1, amount: 80 }]);
  });

  it('R110: in any order with buying and going, all back leaves nothing: no debt and no gain', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const life = new Life();
        for (const { days, ...step } of steps) {
          if (step.do !== 'spend') life.step(step);
          life.pass(days);
        }
        life.backWhole();
        const { points, owed, lots, remainder, expired } = life.member;
        expect({ points, owed, lots, remainder, expired }).toEqual({
          ...{ points: 0, owed: 0, lots: [], remainder: 0n, expired: [] },
        });
      }),
      { numRuns: Number(process.env['RUNS'] ?? 200) },
    );
  });

  it('R110: what was spent of it is owed to the point, and no more', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const life = new Life();
        for (const { days, ...step } of steps) {
          life.step(step);
          life.pass(days);
        }
        life.backWhole();
        const { points, owed } = life.member;
        expect({ points, owed }).toEqual({ points: 0, owed: life.spent });
      }),
      { numRuns: Number(process.env['RUNS'] ?? 200) },
    );
  });
});
