import { checkAlone } from '../../src/incentives/audit.js';
import type { Check, Finding } from '../../src/incentives/finding.js';
import { subjectOf } from '../../src/incentives/subject.js';
import { World } from '../../src/incentives/world/world.js';
import { checkDocument } from '../../src/programmes/check.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { dueOf } from '../../src/rules/expiry/silent.js';
import type { Presence } from '../../src/rules/inactivity/terms.js';
import { lotKey, type MemberState } from '../../src/rules/state.js';
import { DAY_MS } from '../../src/rules/period.js';
import { aProgrammeDocument } from '../support/programme.js';

const at = Date.parse('2026-01-01T12:00:00Z');

function sound(parts: Partial<ProgrammeDocument>): ProgrammeDocument {
  const checked = checkDocument(
    aProgrammeDocument({
      earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
      tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
      rewards: [{ code: 'tea', name: 'Tea', points: 100, value: { amount: 100, currency: 'GBP' } }],
      ...parts,
    }),
  );
  if ('document' in checked) return checked.document;
  throw new Error(checked.faults.map(({ code, pointer }) => `${code} ${pointer}`).join());
}

const found = (check: Check, parts: Partial<ProgrammeDocument>): Finding[] =>
  checkAlone(subjectOf(sound(parts), at), check);

const expiry = { kind: 'rolling' as const, months: 12, notices: { daysBefore: [30, 7] } };
const voucher = { usableDays: 10, ifUnused: 'points_back' as const };
const value = { amount: 500, currency: 'GBP' };
const kept = { code: 'five', name: '£5 off', points: 500, value, voucher };
const rewards: ProgrammeDocument['rewards'] = [{ ...kept, kind: 'discount_voucher' }];

const partners: NonNullable<ProgrammeDocument['partners']> = [
  { code: 'wings', kind: 'partner', terms: { kind: 'postpaid', price: '1.2' } },
];
const limits = { day: 5_000, year: 20_000, lifetime: 100_000 };
const way = { give: 1, get: 1, limits };
const conversions = (fee: number): NonNullable<ProgrammeDocument['conversions']> => [
  {
    ...{ code: 'miles', name: 'Miles', partner: 'wings', unitWorth: '1' },
    out: { ...way, fee, minimumPoints: 100, step: 1, coolDownHours: 0, answerHours: 24 },
    in: { ...way, minimumUnits: 100, step: 1 },
  },
];

describe('points that are about to go', () => {
  it('I76: are kept by a voucher that nobody uses, again and again', () => {
    expect(found('EXPIRY', { expiry, rewards })).toMatchObject([
      { about: ['five'], gain: { minor: 500, growth: 'repeatable' }, severity: 'medium' },
    ]);
    const programme = compileProgramme(sound({ expiry, rewards }), { no: 1, effectiveAt: 0 });
    const world = new World(programme, at);
    world.take({ kind: 'enrol', who: 'me' });
    world.take({ kind: 'buy', who: 'me', category: 'home', amount: 50_000, how: { at } });
    for (let round = 0; round < 3; round += 1) {
      const [date = 0] = (world.member('me').lots ?? []).flatMap(({ remaining, expiresAt }) =>
        remaining > 0 && expiresAt !== null ? [expiresAt] : [],
      );
      world.take({ kind: 'wait', until: date - DAY_MS / 2 });
      world.take({ kind: 'see', who: 'me' });
      expect(world.take({ kind: 'redeem', who: 'me', reward: 'five' }).refused).toBeUndefined();
      world.take({ kind: 'wait', until: world.now + 12 * DAY_MS });
      world.take({ kind: 'expire', who: 'me' });
      world.take({ kind: 'lapse', who: 'me' });
      expect(world.member('me').points).toBe(500);
    }
  });

  it('I76: are lost with a voucher that lapses, where it says so or nothing', () => {
    const [five] = rewards;
    if (five === undefined) throw new Error('There is a voucher.');
    const lost = { ...five, voucher: { usableDays: 10, ifUnused: 'lost' as const } };
    expect(found('EXPIRY', { expiry, rewards: [lost] })).toEqual([]);
  });

  it('I76: come back from a partner as good as new, unless that costs a hundredth', () => {
    const rest = { expiry, partners };
    expect(found('EXPIRY', { ...rest, conversions: conversions(0) })).toMatchObject([
      { about: ['miles'], gain: { minor: 5_000, growth: 'per_year' } },
    ]);
    // 4,951 and 49 of 5,000; then 4,950 and 50.
    expect(found('EXPIRY', { ...rest, conversions: conversions(49) })).toHaveLength(1);
    expect(found('EXPIRY', { ...rest, conversions: conversions(50) })).toEqual([]);
  });

  it('I76: do not go where nobody is told, or where they have no date', () => {
    const ways = { rewards, partners, conversions: conversions(0) };
    expect(found('EXPIRY', { ...ways, expiry })).toHaveLength(2);
    expect(found('EXPIRY', { ...ways, expiry: { kind: 'rolling', months: 12 } })).toEqual([]);
    expect(found('EXPIRY', { ...ways, expiry: { ...expiry, kind: 'inactivity' } })).toEqual([]);
  });

  it('I77: that go by silence stay no longer for a purchase than for a login', () => {
    const silent = { ...expiry, kind: 'inactivity' as const };
    const programme = compileProgramme(sound({ expiry: silent }), { no: 1, effectiveAt: 0 });
    const world = new World(programme, at);
    world.take({ kind: 'enrol', who: 'me' });
    world.take({ kind: 'buy', who: 'me', category: 'home', amount: 50_000, how: { at } });
    const later = at + 300 * DAY_MS;
    const silence: Presence = { stage: 'active', silentFrom: null, actedAt: null, mayBeTold: true };
    const [lot] = world.member('me').lots ?? [];
    if (lot === undefined) throw new Error('There are points.');
    const silentLots = new Map([[lotKey(lot), { months: 12, versionNo: 1, cameAt: null }]]);
    const member = { ...world.member('me'), presence: silence, silentLots };
    const login = { ...member, presence: { ...silence, actedAt: later } };
    world.take({ kind: 'wait', until: later });
    const how = { at: later };
    world.take({ kind: 'buy', who: 'me', category: 'home', amount: 1, how });
    const bought = { ...member, heardAt: world.member('me').heardAt };
    const dateOf = (of: MemberState): number | undefined =>
      dueOf(programme.timeZone, of, lot)?.expiresAt;
    expect(dateOf(login)).toBe(dateOf(bought));
    expect(dateOf(login)).toBeGreaterThan(dateOf(member) ?? Infinity);
  });
});

type Rule = ProgrammeDocument['earningRules'][number];

const base: Rule = { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' };
const amount = (minimum: number): NonNullable<Rule['when']> => [{ kind: 'amount', minimum }];
const ruled = (...rules: Rule[]): Partial<ProgrammeDocument> => ({
  earningRules: [base, ...rules],
  countedPurchases: { minimumAmount: 1_000 },
});
const fixed = {
  name: 'Fixed',
  coolDownHours: 24,
  caps: [{ period: 'year' as const, points: 500 }],
};
const steps = (points: number): Rule => ({
  ...{ ...fixed, kind: 'steps', id: 'steps' },
  steps: [
    { minimumAmount: 1_000, points: 1 },
    { minimumAmount: 20_000, points },
  ],
});

describe('purchases of one moment', () => {
  it('I78: of which the smaller one takes the bonus of the larger one, if it is paid first', () => {
    // 99 points more on 210.00, of which half a per cent is 1.05; then 106.
    expect(found('ORDER', ruled(steps(100)))).toEqual([]);
    expect(found('ORDER', ruled(steps(107)))).toMatchObject([
      { about: ['steps'], severity: 'low', gain: { minor: 106, growth: 'repeatable' } },
    ]);
  });

  it('I78: are told in both orders, and a second one is what a first one was not', () => {
    const [told] = found('ORDER', ruled(steps(400)));
    const [worse, better] = told?.witness ?? [];
    const bought = (story: typeof worse): unknown[] =>
      (story ?? []).flatMap(({ step }) => (step.kind === 'buy' ? [step.amount] : []));
    expect(bought(worse)).toEqual([1_000, 20_000]);
    expect(bought(better)).toEqual([20_000, 1_000]);
    const third: Rule = {
      ...{ ...fixed, kind: 'per_purchase', id: 'third', points: 400, minimumAmount: 20_000 },
      when: [{ kind: 'nth_purchase', numbers: [1, 3] }],
    };
    expect(found('ORDER', ruled(third))).toEqual([]);
  });

  it('I79: that earn a better rate on one card are found, and those that reach a bonus are not', () => {
    const rate = { kind: 'per_amount', id: 'large', name: 'Large', qualifies: false } as const;
    expect(found('MERGE', ruled({ ...rate, rate: '0.6', when: amount(50_000) }))).toMatchObject([
      { about: ['large'], severity: 'medium', gain: { minor: 600, growth: 'repeatable' } },
    ]);
    expect(found('MERGE', ruled({ ...rate, rate: '0.5', when: amount(50_000) }))).toEqual([]);
    expect(found('MERGE', ruled(steps(400)))).toEqual([]);
    const third: Rule = { ...rate, rate: '2', when: [{ kind: 'nth_purchase', numbers: [3] }] };
    expect(found('MERGE', ruled(third))).toEqual([]);
  });
});

describe('purchases that come back after their points were spent', () => {
  const dear = {
    code: 'sofa',
    name: 'A sofa',
    points: 4_000,
    value: { amount: 4_000, currency: 'GBP' },
  };
  const bounds = {
    ...{ giveback: '0.1', stacked: '0.1', allowance: 0, accounts: 1 },
    largestBasket: 100_000,
  };

  it('I95: are as many as a reward takes', () => {
    const [debt] = found('DEBT', { returnWindowDays: 0, rewards: [dear], bounds });
    expect(debt?.gain.minor).toBe(4_000);
    const kinds = debt?.witness[0]?.map(({ step }) => step.kind);
    expect(kinds?.filter((kind) => kind === 'buy')).toHaveLength(4);
    expect(kinds?.filter((kind) => kind === 'return')).toHaveLength(4);
    expect(found('DEBT', { returnWindowDays: 30, rewards: [dear], bounds })).toEqual([]);
  });

  it('I95: pay for what becomes of points at a partner, too', () => {
    const rest = { partners, conversions: conversions(0), rewards: [], bounds };
    expect(found('DEBT', { ...rest, returnWindowDays: 0 })).toMatchObject([
      { gain: { minor: 100 } },
    ]);
    expect(found('DEBT', { ...rest, returnWindowDays: 30 })).toEqual([]);
  });
});

describe('partners that book what nobody bought', () => {
  const terms = (price: string, share: string, redemptionPrice: string): Finding[] =>
    found('PARTNER', {
      partners: [
        {
          ...{ code: 'wings', kind: 'partner' },
          terms: { kind: 'postpaid', price, share, redemptionPrice },
        },
      ],
    });

  it('I96: pay no less for points than any partner is paid for them', () => {
    // A thousand points for 1,000.00.
    expect(terms('1', '1', '1')).toEqual([]);
    expect(terms('0.5', '1', '0')).toEqual([]);
    expect(terms('1', '0.5', '0.5')).toEqual([]);
    expect(terms('1', '0.5', '0.6')).toMatchObject([{ severity: 'high', gain: { minor: 100 } }]);
    expect(terms('1.2', '1', '1.3')).toMatchObject([{ severity: 'high', gain: { minor: 100 } }]);
  });

  it('I97: have paid beforehand for all that anybody earns, whatever else is drawn from', () => {
    const pays = { kind: 'per_amount' as const, rate: '1' };
    const prepaid = { kind: 'prepaid', price: '1', whenEmpty: 'refuse', alertBelow: 0 } as const;
    const all = { kind: 'all' as const };
    const parts: Partial<ProgrammeDocument> = {
      offers: [{ code: 'more', name: 'More', audience: all, pays, budget: { points: 50_000 } }],
      partners: [{ code: 'wings', kind: 'partner', terms: prepaid }],
    };
    expect(found('PARTNER', parts)).toEqual([]);
  });
});
