import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Lot, MemberState } from '../../src/rules/state.js';
import { lintDocument } from '../../src/programmes/lint.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { draws } from '../support/draws.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { versionsOf } from '../support/state.js';
import { aLot, aMember, anAccrual, aPurchase, DAY, frozen, HOUR, NOON } from '../support/state.js';

const transfers: NonNullable<ProgrammeDocument['transfers']> = {
  minimumPoints: 10,
  fee: 2,
  perDay: 100,
  perYear: 150,
  receivedPerYear: 120,
  coolDownHours: 1,
  lotAgeDays: 30,
};
const programme = aProgramme({ transfers });
const [annId, benId] = [1, 2].map((n) => `0a1b2c3d-0000-4000-8000-00000000000${String(n)}`);
const OLD = NOON - 40 * DAY;

const oldLot = (changed: Partial<Lot> = {}): Lot =>
  aLot({ accruedAt: OLD, availableFrom: OLD, ...changed });

function holder(
  id: string | undefined,
  lots: Lot[],
  changed: Partial<MemberState> = {},
): MemberState {
  const points = lots.reduce((sum, { remaining, held }) => sum + remaining - held, 0);
  const earned = new Set(lots.map(({ seq }) => seq));
  const version = Math.max(0, ...lots.map(({ seq }) => seq));
  return aMember({ memberId: id ?? '', lots, points, earned, version, ...changed });
}

const ann = (lots = [oldLot()], changed: Partial<MemberState> = {}): MemberState =>
  holder(annId, lots, changed);
const ben = (changed: Partial<MemberState> = {}): MemberState => holder(benId, [], changed);

const give = (
  points: number,
  members: readonly MemberState[] = [ann(), ben()],
  at = NOON,
  given = programme,
): Outcome => act(given, frozen({ members }), { kind: 'transfer', at, points });

const after = ({ state: { members } }: Outcome): MemberState[] => [...members];

describe('a transfer', () => {
  it('X1: is two postings of one command, in which as much leaves as arrives', () => {
    const outcome = give(50);
    const [into, out] = outcome.postings;
    expect(
      outcome.postings.map(({ member, kind, billionths }) => [member, kind, billionths]),
    ).toEqual([
      [1, 'transfer', 50_000_000_000n],
      [0, 'transfer', -52_000_000_000n],
    ]);
    expect(out?.entries).toEqual([
      { debit: 'points', credit: 'transferred', amount: 50, lotSeq: 1, lotN: 0 },
      { debit: 'points', credit: 'fee', amount: 2, lotSeq: 1, lotN: 0 },
    ]);
    expect(into?.entries).toEqual([
      { debit: 'transferred', credit: 'points', amount: 50, lotSeq: 1, lotN: 0 },
    ]);
    expect([out?.peer, into?.peer]).toEqual([
      { memberId: benId, seq: 1 },
      { memberId: annId, seq: 2 },
    ]);
    expect(after(outcome).map(({ points, version }) => [points, version])).toEqual([
      [48, 2],
      [50, 1],
    ]);
  });

  it('X2: leaves each lot its age, expiry and funder, in spending order', () => {
    const terms = { accruedAt: OLD - DAY, availableFrom: OLD, funder: 'corner' };
    const lots = [
      oldLot({ seq: 1, amount: 30 }),
      oldLot({ seq: 2, amount: 30, expiresAt: NOON + DAY, ...terms }),
    ];
    const [, receiver] = after(give(40, [ann(lots), ben()]));
    expect(receiver?.lots).toEqual([
      aLot({ ...terms, seq: 1, n: 0, amount: 30, expiresAt: NOON + DAY, origin: undefined }),
      oldLot({ seq: 1, n: 1, amount: 10, origin: undefined }),
    ]);
  });

  it('X3: takes neither young points, nor pending or held ones, nor what no purchase earned', () => {
    const lots = [
      oldLot({ seq: 1, amount: 20, held: 5 }),
      oldLot({ seq: 2, accruedAt: NOON - 30 * DAY + 1, amount: 20 }),
      oldLot({ seq: 3, availableFrom: NOON + 1, amount: 20 }),
      oldLot({ seq: 4, amount: 20 }),
      oldLot({ seq: 5, amount: 7, origin: { seq: 1, n: 0 } }),
    ];
    const members = [ann(lots, { earned: new Set([1, 2, 3]) }), ben()];
    const refusal = (points: number): unknown => give(points, members).refusal;
    expect(refusal(20)).toBeUndefined();
    expect(refusal(21)).toEqual({
      code: 'insufficient_points',
      details: { available: 22, required: 23, missing: 1 },
    });
    const late = oldLot({ seq: 1, amount: 20, expiresAt: NOON });
    const soon = oldLot({ seq: 2, amount: 20, expiresAt: NOON + 1 });
    expect(give(19, [ann([late, soon]), ben()]).refusal).toMatchObject({
      details: { available: 20, required: 21 },
    });
    const open = aProgramme({ transfers: { ...transfers, bonusPoints: true } });
    expect(give(40, members, NOON, open).refusal).toBeUndefined();
    expect(give(41, members, NOON, open).refusal?.code).toBe('insufficient_points');
  });

  it('X4: keeps to the limits of a day and a year, and to the time between two', () => {
    const rich = ann([oldLot({ amount: 1_000 })]);
    expect(give(9, [rich, ben()]).refusal?.code).toBe('transfer_too_small');
    expect(give(101, [rich, ben()]).refusal).toEqual({
      code: 'transfer_limit_reached',
      details: { limit: 100, used: 0, asked: 101 },
    });
    const [once = rich] = after(give(60, [rich, ben()]));
    expect(give(10, [once, ben()], NOON + HOUR - 1).refusal).toEqual({
      code: 'transfer_too_soon',
      details: { from: new Date(NOON + HOUR).toISOString() },
    });
    expect(give(41, [once, ben()], NOON + HOUR).refusal?.code).toBe('transfer_limit_reached');
    expect(give(40, [once, ben()], NOON + HOUR).refusal).toBeUndefined();
    expect(give(91, [once, ben()], NOON + DAY).refusal?.details).toMatchObject({
      limit: 150,
      used: 60,
    });
    expect(give(100, [once, ben()], NOON + 365 * DAY).refusal).toBeUndefined();
  });

  it('X4: bounds what one member receives in a year, and tells the giver no figure of it', () => {
    const rich = (id: string | undefined): MemberState => holder(id, [oldLot({ amount: 500 })]);
    const [, full = ben()] = after(give(100, [rich(annId), ben()]));
    const other = rich('0a1b2c3d-0000-4000-8000-000000000003');
    expect(give(21, [other, full]).refusal).toEqual({
      code: 'receiver_limit_reached',
      details: {},
    });
    expect(give(20, [other, full]).refusal).toBeUndefined();
  });

  it('X5: is refused to who owes points, to oneself, and where a membership is not active', () => {
    const code = (members: readonly MemberState[]): string | undefined =>
      give(10, members).refusal?.code;
    expect(code([ann(undefined, { owed: 1 }), ben()])).toBe('points_are_owed');
    expect(code([ann(), ann()])).toBe('transfer_to_self');
    expect(code([ann(undefined, { status: 'frozen' }), ben()])).toBe('member_not_active');
    expect(code([ann(), ben({ status: 'left' })])).toBe('receiver_not_active');
    expect(give(10, [ann(), ben()], NOON, aProgramme()).refusal?.code).toBe(
      'transfers_not_offered',
    );
  });

  it('X5: pays what the receiver owes first', () => {
    const outcome = give(50, [ann(), ben({ owed: 30 })]);
    const [, receiver] = after(outcome);
    expect(receiver).toMatchObject({ points: 20, owed: 0 });
    expect(outcome.postings[0]?.explanation).toContainEqual([-2, -1, 'owed_repaid', '0', 30]);
  });

  it('X6: is no event: it moves no tier, no qualifying point, no fraction, and makes nobody active', () => {
    const kept = { qualifying: 7n, remainder: 5n, tier: 'silver', newestAt: OLD };
    for (const member of after(give(50, [ann(undefined, kept), ben(kept)]))) {
      expect(member).toMatchObject(kept);
    }
  });

  it('X1: conserves points through whatever members buy, give, hold and bring back', () => {
    const names = [0, 1, 2];
    const step = fc.record({
      do: fc.constantFrom('buy', 'give', 'return', 'hold'),
      who: fc.constantFrom(...names),
      to: fc.constantFrom(...names),
      points: fc.integer({ min: 1, max: 120 }),
      hours: fc.integer({ min: 0, max: 200 }),
    });
    const open = aProgramme({
      returnWindowDays: 1,
      earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
      transfers: {
        ...transfers,
        lotAgeDays: 1,
        coolDownHours: 0,
        perDay: 100_000,
        perYear: 100_000,
        receivedPerYear: 100_000,
      },
    });
    let given = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 15, maxLength: 40 }), (steps) => {
        const world = new World(open);
        for (const each of steps) world.step(each);
        given += world.given;
        expect(world.faults()).toEqual([]);
      }),
      { numRuns: draws(300) },
    );
    expect(given).toBeGreaterThan(draws(300) / 10);
  });
});

/** Members who buy, give, hold and return; what the programme issued and took is summed beside them. */
class World {
  given = 0;
  private now = NOON;
  private readonly members: MemberState[];
  private readonly bought: number[][] = [[], [], []];
  private readonly sums = new Map<string, number>();

  constructor(private readonly programme: ReturnType<typeof aProgramme>) {
    this.members = [annId, benId, '0a1b2c3d-0000-4000-8000-000000000003'].map((id) =>
      aMember({ memberId: id ?? '', history: [], purchases: new Map(), earned: new Set() }),
    );
  }

  step(each: { do: string; who: number; to: number; points: number; hours: number }): void {
    this.now += each.hours * HOUR;
    const { who, to, points } = each;
    const own = this.members[who] ?? aMember();
    const versions = versionsOf(this.programme);
    const at = this.now;
    if (each.do === 'give') {
      if (who === to) return;
      const pair = [own, this.members[to] ?? aMember()];
      return this.take(act(this.programme, { members: pair }, { kind: 'transfer', at, points }), [
        who,
        to,
      ]);
    }
    if (each.do === 'buy') {
      const action = { ...anAccrual(aPurchase([points * 100]), { at }), versions };
      this.take(act(this.programme, { members: [own] }, action), [who]);
      const { version = 0, earned = new Set<number>() } = this.members[who] ?? {};
      this.bought[who]?.push(version);
      const member = this.members[who];
      if (member !== undefined)
        this.members[who] = { ...member, earned: new Set([...earned, version]) };
      return;
    }
    const purchase = this.bought[who]?.pop();
    if (each.do === 'hold') {
      const hold = { kind: 'hold', at, retailer: 'shop', reward: 'voucher' } as const;
      return this.take(act(this.programme, { members: [own] }, hold), [who]);
    }
    if (purchase === undefined) return;
    const action = {
      kind: 'return',
      at,
      occurredAt: at,
      purchase,
      lines: undefined,
      versions,
    } as const;
    this.take(act(this.programme, { members: [own] }, action), [who]);
  }

  private take({ state, postings }: Outcome, who: readonly number[]): void {
    state.members.forEach((member, place) => {
      this.members[who[place] ?? 0] = member;
    });
    this.given += postings.filter(({ member }) => member === 1).length;
    for (const { debit, credit, amount } of postings.flatMap(({ entries }) => entries)) {
      this.sums.set(debit, (this.sums.get(debit) ?? 0) - amount);
      this.sums.set(credit, (this.sums.get(credit) ?? 0) + amount);
    }
  }

  faults(): string[] {
    const sum = (code: string): number => this.sums.get(code) ?? 0;
    const all = (of: (member: MemberState) => number): number =>
      this.members.reduce((total, member) => total + of(member), 0);
    const faults: string[] = [];
    if (sum('transferred') !== 0) faults.push(`transferred is ${String(sum('transferred'))}`);
    if (sum('points') !== all(({ points }) => points)) faults.push('points differ');
    if (-sum('owed') !== all(({ owed }) => owed)) faults.push('debts differ');
    for (const { points, held, owed, lots = [] } of this.members) {
      const left = lots.reduce((total, { remaining }) => total + remaining, 0);
      if (left !== points + held) faults.push('lots differ from points');
      if (points < 0 || owed < 0) faults.push('below nothing');
    }
    return faults;
  }
}

describe('a document with transfers', () => {
  const findings = (changed: object, more: Partial<ProgrammeDocument> = {}): unknown =>
    lintDocument(aProgrammeDocument({ transfers: { ...transfers, ...changed }, ...more })).map(
      ({ code, pointer }) => [code, pointer],
    );
  const noRoom = (limit: string): [string, string] => [
    'limit_leaves_no_room',
    `/transfers/${limit}`,
  ];

  it('P70: has limits that leave room for one another', () => {
    expect(findings({})).toEqual([]);
    expect(findings({ perDay: 9 })).toEqual([noRoom('perDay')]);
    expect(findings({ perYear: 99 })).toEqual([noRoom('perYear')]);
    expect(findings({ receivedPerYear: 9 })).toEqual([noRoom('receivedPerYear')]);
  });

  it('P71: lets nobody pool points that cost nothing to get', () => {
    const visit = {
      ...{ kind: 'per_activity', id: 'call', name: 'Visit', points: 5, coolDownHours: 1 },
      when: [{ kind: 'activity', activities: ['visit'] }],
      caps: [{ period: 'year', points: 10 }],
    } as const;
    const earningRules = [...aProgrammeDocument().earningRules, visit] as never;
    expect(findings({ bonusPoints: true })).toEqual([]);
    expect(findings({}, { earningRules })).toEqual([]);
    expect(findings({ bonusPoints: true }, { earningRules })).toEqual([
      ['free_points_pooled', '/transfers/bonusPoints'],
    ]);
  });
});
