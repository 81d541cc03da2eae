import { checkAlone } from '../../src/incentives/audit.js';
import { Bench } from '../../src/incentives/probes/bench.js';
import { probesOf } from '../../src/incentives/probes/probes.js';
import { subjectOf } from '../../src/incentives/subject.js';
import type { Circumstances } from '../../src/incentives/world/step.js';
import type { Condition, ProgrammeDocument } from '../../src/programmes/document.js';
import { drawsOf } from '../support/purchases.js';
import { aProgrammeDocument } from '../support/programme.js';

const at = Date.parse('2026-01-01T12:00:00Z');
type Rule = ProgrammeDocument['earningRules'][number];

const base: Rule = { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' };
const blue = { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' };
const small = (earningRules: Rule[], parts: Partial<ProgrammeDocument> = {}): ProgrammeDocument =>
  aProgrammeDocument({
    earningRules: [base, ...earningRules],
    tiers: [blue],
    rewards: [{ code: 'tea', name: 'Tea', points: 100, value: { amount: 100, currency: 'GBP' } }],
    ...parts,
  });

const onTop = (id: string, rate: string, when: Condition[]): Rule => {
  return { kind: 'per_amount', id, name: id, rate, qualifies: false, when };
};

const values = {
  location: ['north', 'south', 'west'],
  channel: ['app', 'web'],
  tender: ['card', 'wallet'],
  brand: ['oak', 'elm'],
} as const;
type Thing = keyof typeof values;
const things = Object.keys(values) as Thing[];

const asking: { [K in Thing]: (all: string[]) => Condition } = {
  location: (locations) => ({ kind: 'location', locations }),
  channel: (channels) => ({ kind: 'channel', channels }),
  tender: (tenders) => ({ kind: 'tender', tenders }),
  brand: (brands) => ({ kind: 'brand', brands }),
};

/** Every way to choose one of each thing, or none. */
const everyWay = (): Partial<Circumstances>[] =>
  things.reduce<Partial<Circumstances>[]>(
    (ways, thing) =>
      ways.flatMap((way) => [
        way,
        ...values[thing].map((value): Partial<Circumstances> => ({ ...way, [thing]: value })),
      ]),
    [{}],
  );

describe('circumstances in which most is earned', () => {
  it('I93: are those of all there are, whatever rules ask for together', () => {
    const draw = drawsOf(20_260);
    const some = <T>(list: readonly T[], most: number): T[] =>
      list
        .map((each) => ({ each, lot: draw() }))
        .sort((a, b) => a.lot - b.lot)
        .slice(0, 1 + Math.floor(draw() * most))
        .map(({ each }) => each);
    for (let n = 0; n < 12; n += 1) {
      const rules = Array.from({ length: 3 + Math.floor(draw() * 6) }, (_, no): Rule => {
        const when = some(things, 3).map((thing) => asking[thing](some(values[thing], 2)));
        return onTop(`rule-${String(no)}`, (draw() * 3).toFixed(2), when);
      });
      const bench = new Bench(small(rules), at);
      const category = 'home';
      const amount = bench.bounds.largestBasket;
      const pointsAt = (how: Circumstances): number =>
        bench.points('blue', { category, amount, how });
      const { plain } = bench.domain;
      const most = Math.max(...everyWay().map((way) => pointsAt({ ...plain, ...way })));
      const probes = probesOf(bench).filter((each) => each.category === category);
      expect(Math.max(...probes.map(({ how }) => pointsAt(how)))).toBe(most);
    }
  });

  it('I93: are looked for at each number of a purchase for which other rules pay', () => {
    const nth = (id: string, numbers: number[]): Rule => ({
      ...{ kind: 'per_purchase', id, name: id, points: 10, minimumAmount: 500, coolDownHours: 24 },
      when: [{ kind: 'nth_purchase', numbers }],
      caps: [{ period: 'year', points: 100 }],
    });
    const rules = [nth('early', [2, 3, 4, 9, 12]), nth('late', [5, 6, 7, 9, 12])];
    const bench = new Bench(small(rules, { countedPurchases: { minimumAmount: 500 } }), at);
    const numbers = bench.domain.dimensions.flat().map(({ ordinal }) => ordinal);
    expect(numbers).toEqual([undefined, 2, 5, 9]);
    const probes = probesOf(bench);
    expect(probes.some(({ how }) => how.ordinal === 9)).toBe(true);
  });
});

describe('tiers in which too much is given back', () => {
  it('I94: are told, be they the best or not', () => {
    const tiers = [
      blue,
      { code: 'silver', name: 'Silver', threshold: 100, multiplier: '1' },
      { code: 'gold', name: 'Gold', threshold: 1_000, multiplier: '1' },
    ];
    const when: Condition[] = [
      { kind: 'tier', tiers: ['silver'] },
      { kind: 'location', locations: ['north'] },
      { kind: 'channel', channels: ['app'] },
    ];
    const document = small([onTop('silver', '15', when)], { tiers });
    const [found] = checkAlone(subjectOf(document, at), 'GIVEBACK');
    // Sixteen points for a pound of 1,000.00, a penny each, where a tenth is meant.
    expect(found?.gain.minor).toBe(6_000);
    expect(found?.witness[0]?.map(({ step }) => step)).toContainEqual(
      expect.objectContaining({ kind: 'grant', tier: 'silver' }),
    );
  });
});
