import { audit } from '../../src/incentives/audit.js';
import { boundsOf } from '../../src/incentives/bounds.js';
import { isUse } from '../../src/incentives/lint/use-words.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';

const at = Date.parse('2026-01-01T12:00:00Z');
type Rule = ProgrammeDocument['earningRules'][number];

const base: Rule = { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' };

const small = (parts: Partial<ProgrammeDocument> = {}): ProgrammeDocument =>
  aProgrammeDocument({
    earningRules: [base],
    tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    rewards: [{ code: 'tea', name: 'Tea', points: 100, value: { amount: 100, currency: 'GBP' } }],
    ...parts,
  });

const checksOf = (document: ProgrammeDocument): string[] =>
  audit(document, { at }).findings.map(({ check }) => check);

describe('findings', () => {
  it('I3: are the same of the same document', () => {
    const document = small({ returnWindowDays: 0, earningRules: [{ ...base, rate: '20' }] });
    expect(audit(document, { at })).toEqual(audit(document, { at }));
    expect(checksOf(document)).toEqual(['DEBT', 'GIVEBACK']);
  });

  it('I4: keep their ids when only figures change', () => {
    const idsOf = (rate: string): string[] =>
      audit(small({ earningRules: [{ ...base, rate }] }), { at }).findings.map(({ id }) => id);
    expect(idsOf('20')).toEqual(idsOf('30'));
    expect(idsOf('20')).toHaveLength(1);
    expect(idsOf('9.9')).toEqual([]);
  });

  it('name the rule, the field and the step that earned', () => {
    const document = small({ earningRules: [{ ...base, rate: '20' }] });
    const [found] = audit(document, { at }).findings;
    expect(found).toMatchObject({
      check: 'GIVEBACK',
      severity: 'high',
      claim: 'replayed',
      about: ['base'],
      pointer: '/earningRules/0',
      gain: { minor: 10_000, growth: 'repeatable' },
    });
    expect(found?.witness[0]?.at(-1)).toMatchObject({ points: 20_000, money: 100_000 });
  });

  it('HARM: a coupon that is called after an overdraft fee', () => {
    const coupon = { code: 'sorry', name: 'Points for your overdraft fee', points: 1 };
    const coupons = [{ ...coupon, until: '2027-01-01', budget: 10, perMember: 1 }];
    const giftCaps = [{ period: 'lifetime' as const, points: 10 }];
    expect(checksOf(small({ coupons, giftCaps }))).toEqual(['HARM']);
  });

  it('VOLUME: what is waste by the owner’s own word, and utilities by their merchant code', () => {
    const bounds = {
      giveback: '0.1',
      stacked: '0.1',
      allowance: 0,
      largestBasket: 1_000,
      accounts: 1,
    };
    const waste = small({ bounds: { ...bounds, categories: [{ code: 'home', useful: '0.2' }] } });
    expect(checksOf(waste)).toEqual(['VOLUME']);
    const categories = small().categories.map((each) =>
      each.code === 'home' ? { ...each, merchantCategoryCodes: ['4900'] } : each,
    );
    expect(checksOf(small({ categories }))).toEqual(['VOLUME']);
  });

  it.each([
    ['Electricity', true],
    ['Strom', true],
    ['Eau et gaz', true],
    ['Power tools', false],
    ['Mineral water', false],
    ['Plants', false],
  ])('VOLUME: %s', (name, is) => {
    expect(isUse(name)).toBe(is);
  });

  it('assume bounds where none are declared, and say so', () => {
    expect(boundsOf(small())).toMatchObject({
      declared: false,
      giveback: 0.1,
      allowance: 5_000,
      largestBasket: 100_000,
    });
    const { identity } = small();
    const yen = { ...small(), identity: { ...identity, currency: 'JPY' } };
    expect(boundsOf(yen)).toMatchObject({ allowance: 50, largestBasket: 1_000 });
  });
});
