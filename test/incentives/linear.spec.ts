import { compileProgramme } from '../../src/programmes/compile.js';
import { checkDocument } from '../../src/programmes/check.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { auditWhole, judged } from '../../src/incentives/linear/proof.js';
import { yearOf } from '../../src/incentives/linear/plan.js';
import { pumped } from '../../src/incentives/linear/pump.js';
import { asMinor, gainAt, mostGained, pricesOf } from '../../src/incentives/linear/prices.js';
import { withBends } from '../../src/incentives/linear/sizes.js';
import { solver } from '../../src/incentives/linear/solver.js';
import { tableOf, type Table } from '../../src/incentives/linear/table.js';
import { poolSharesOf } from '../../src/incentives/pool-shares.js';
import { subjectOf, type Subject } from '../../src/incentives/subject.js';
import { tierPricesOf, type TierPrice } from '../../src/incentives/tier-prices.js';
import { isReplayed } from '../../src/incentives/world/replay.js';
import { limitWorthsOf } from '../../src/incentives/limit-worths.js';
import { ONE, POINTS } from '../../src/incentives/linear/column.js';
import { proofLines } from '../../src/cli/audit/proof-lines.js';
import { drawsOf } from '../support/purchases.js';
import { bads, sanes } from './corpus.js';

const at = Date.parse('2026-01-01T12:00:00Z');

function documentOf(name: string): ProgrammeDocument {
  const found = [...sanes(), ...bads()].find((each) => each.name === name);
  const checked = checkDocument(found?.document);
  if ('document' in checked) return checked.document;
  throw new Error(`${name} cannot be published`);
}

function tableFor(name: string): { subject: Subject; table: Table } {
  const subject = subjectOf(documentOf(name), at);
  const { whole, probes } = subject;
  return { subject, table: tableOf(whole, probes, whole.bounds.stacked) };
}

/** How many sane programmes are drawn; all at torture. */
const DRAWN = Number(process.env['AUDIT_SANE'] ?? 5);
const seed = Number(process.env['AUDIT_SEED'] ?? Math.floor(Math.random() * 1e6));

function drawnNames(): [string][] {
  const draw = drawsOf(seed);
  return sanes()
    .map(({ name }) => ({ name, lot: draw() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, DRAWN)
    .map(({ name }) => [name]);
}

describe(`what is proved of a programme (AUDIT_SEED=${String(seed)})`, () => {
  it.each(drawnNames())(
    'I2, I31, I33: nothing is found in %s, and it has prices by which nobody gains',
    async (name) => {
      const { findings, proof } = await auditWhole(documentOf(name), { at });
      expect(findings).toEqual([]);
      expect(proof.reasons).toEqual([]);
      expect(proof.status).toBe('proved');
      expect(proof.most).toBeLessThanOrEqual(proof.allowance);
      expect(proof.prices.find(({ what }) => what === 'a point')?.minor).toBeGreaterThan(0);
      expect(proof.assumptions.length).toBeGreaterThan(5);
      expect(proof.steps).toBeGreaterThan(1_000);
    },
  );

  it.each([
    ['coupon-flood', 'BOUNDED', 18_000],
    ['referral-ring', 'FARM', 14_400],
    // Three memberships do what one does in the file.
    ['atm-queues', 'COUNT', 3 * 14_448],
  ] as const)('I32: %s is refuted by %s, worth %d', async (name, check, minor) => {
    const { findings, proof } = await auditWhole(documentOf(name), { at });
    expect(proof.status).toBe('refuted');
    expect(findings.map((found) => found.check)).toContain(check);
    const driver = proof.drivers.find((each) => each.check === check);
    expect(Math.abs((driver?.minor ?? 0) - minor)).toBeLessThanOrEqual(2);
    expect(proof.most).toBeGreaterThan(proof.allowance);
  });

  it('I32: a pump is played until real rewards are had for it, and twice as long for more', async () => {
    const { subject, table } = tableFor('mint-coins');
    const found = pumped(subject, yearOf(table, await solver()));
    expect(found?.check).toBe('PUMP');
    expect(found?.gain.minor).toBeGreaterThan(0);
    const programme = compileProgramme(subject.document, { no: 1, effectiveAt: 0 });
    for (const story of found?.witness ?? []) expect(isReplayed(programme, story)).toBe(true);
    const sold = found?.witness[0]?.filter(({ step }) => step.kind === 'sell-on') ?? [];
    expect(sold.length).toBeGreaterThan(0);
  });

  it('I32: what was not played is no finding', async () => {
    const { subject, table } = tableFor('coupon-flood');
    const { proof, found } = judged(subject, table, yearOf(table, await solver()), new Set());
    expect(found).toEqual([]);
    expect(proof.status).toBe('open');
    expect(proof.reasons).toHaveLength(1);
  });

  it('I31: the smallest purchase that makes a friend one who stays is an act of its own', () => {
    const { table } = tableFor('grocer');
    const least = Math.min(
      ...table.columns
        .filter(({ uses }) => (uses.get('friend-purchases') ?? 0n) < 0n)
        .map(({ turnover }) => turnover),
    );
    expect(least).toBe(documentOf('grocer').referral?.minimumAmount);
  });

  it('I34: a list of prices that a missing act made too low is caught', async () => {
    const { subject, table } = tableFor('rail');
    const solve = await solver();
    const none = table.columns.filter(({ family }) => family !== 'activity');
    const hole = { ...table, columns: none };
    const { proof } = judged(subject, hole, yearOf(hole, solve), new Set());
    expect(proof.status).toBe('open');
    expect(proof.reasons.join()).toContain('activity');
    const prices = pricesOf(yearOf(hole, solve).worth, table.rows);
    expect(mostGained(prices, none)).toBeLessThan(10n ** 15n);
    expect(mostGained(prices, table.columns)).toBeGreaterThan(10n ** 18n);
    // Prices too low for what is there are caught by random steps as well.
    const low = { columns: table.columns, rows: table.rows, bench: table.bench, share: 0.01 };
    const tried = judged(subject, low, yearOf(table, solve), new Set());
    expect(tried.proof.reasons.join()).toContain('random step');
  });
});

describe('what tiers cost at least', () => {
  const pricesIn = async (document: ProgrammeDocument): Promise<TierPrice[]> => {
    const { whole, probes } = subjectOf(document, at);
    return tierPricesOf(tableOf(whole, probes, whole.bounds.stacked), await solver());
  };

  it('I75: is what has to be bought, where points are worth nothing', async () => {
    const worthless = { rewards: [] };
    // Two keys for a dollar in rooms; so many days with a purchase of C$20.
    expect(await pricesIn({ ...documentOf('hotel'), ...worthless })).toMatchObject([
      { tier: 'host', minor: 100_000, atPartners: undefined },
      { tier: 'master', minor: 400_000, atPartners: undefined },
    ]);
    expect(await pricesIn({ ...documentOf('filling-station'), ...worthless })).toMatchObject([
      { tier: 'rider', minor: 40_000, atPartners: undefined },
      { tier: 'captain', minor: 120_000, atPartners: undefined },
    ]);
  });

  it('I75: is less by what comes back, and no more than that', async () => {
    const audited = await auditWhole(documentOf('hotel'), { at });
    const [host] = audited.tiers;
    const { stacked = '0', allowance = 0 } = documentOf('hotel').bounds ?? {};
    expect(host?.minor).toBeLessThan(100_000);
    expect(host?.minor).toBeGreaterThan(100_000 * (1 - Number(stacked)) - allowance);
    const lines = proofLines(documentOf('hotel'), audited).join('\n');
    expect(lines).toContain(
      `less the rewards for it:\n  host: ${String((host?.minor ?? 0) / 100)} USD`,
    );
  });

  it('I75: is told apart where all is bought at partners', async () => {
    const { earningRules, partners = [], ...rail } = documentOf('rail');
    const when = [{ kind: 'retailer' as const, retailers: ['grand-hotels'] }];
    const funders = [{ code: 'grand-hotels', share: '1' }];
    const hotels = { kind: 'per_amount' as const, id: 'hotels', name: 'In hotels', rate: '2' };
    const outEarns = { by: 'Ada', reason: 'They pay for it.', until: '2026-12-31' };
    const checked = checkDocument({
      ...rail,
      rewards: [],
      earningRules: [...earningRules, { ...hotels, when, funders }],
      partners: partners.map((each) =>
        each.code === 'grand-hotels' ? { ...each, outEarns } : each,
      ),
    });
    if ('faults' in checked) throw new Error(checked.faults.map(({ detail }) => detail).join(' '));
    // Tickets are two miles for a euro; in hotels the base mile and two more.
    expect(await pricesIn(checked.document)).toMatchObject([
      { tier: 'silver', minor: 33_333, atPartners: 33_333 },
      { tier: 'gold', minor: 133_333, atPartners: 133_333 },
    ]);
  });
});

describe('what limits do', () => {
  it.each([
    // One more coupon brings nothing, as the cap on gifts is full too.
    ['coupon-flood', [1.2]],
    ['referral-ring', [6_156, 1.2, 1.2, 1.2]],
  ])('I80: is what one more of them brings in %s, or less', async (name, expected) => {
    const { table } = tableFor(name);
    const solve = await solver();
    const plan = yearOf(table, solve);
    const worths = limitWorthsOf(table, plan);
    const limited = [...table.rows.values()].filter(({ supply }) => supply > 0n);
    expect(worths.map(({ what }) => what)).toEqual(limited.map(({ name }) => name));
    const off = limited.map(({ id, supply, ...row }, place) => {
      const more = new Map([...table.rows, [id, { ...row, id, supply: supply + ONE }]]);
      const raised = yearOf({ ...table, rows: more }, solve).most - plan.most;
      return (worths[place]?.minor ?? 0) - raised;
    });
    expect(Math.min(...off)).toBeGreaterThan(-1e-4);
    const exact = worths.filter(({ minor }, place) => minor > 0 && (off[place] ?? 1) < 1e-4);
    expect(exact.map(({ minor }) => minor)).toEqual(expected);
  });

  it('I80: is told of what is refuted, too', async () => {
    const document = documentOf('coupon-flood');
    const told = await auditWhole(document, { at });
    expect(told.proof.prices).toEqual([]);
    const lines = proofLines(document, told).join('\n');
    expect(lines).toContain('One more of these would bring a household at most');
  });

  it('I81: is nothing, if nobody comes to them', async () => {
    const { findings, limits } = await auditWhole(documentOf('savings-without-hurry'), { at });
    const saving = limits.filter(({ what }) => what.includes('"Saving up"'));
    expect(saving.map(({ isReached }) => isReached)).toEqual([false, true]);
    expect(limits.filter(({ minor }) => minor > 0).every(({ isReached }) => isReached)).toBe(true);
    expect(findings).toMatchObject([
      { about: ['deposit'], pointer: '/earningRules/6/caps/0', severity: 'low' },
    ]);
  });
});

describe('points that are sent', () => {
  it.each([
    ['gold-friend', 4_000],
    ['hotel', 400],
  ])('I82: by way of the best tier more comes back in %s, by %d', async (name, more) => {
    const { whole, probes } = subjectOf(documentOf(name), at);
    const pool = poolSharesOf(whole, probes, await solver());
    // Two thousand keys a year, worth 3 c or 1.2 c there, and 1 c at home.
    expect(pool).toMatchObject({ from: 'guest', to: 'master', spent: 300_000 });
    expect(Math.abs((pool?.together ?? 0) - (pool?.alone ?? 0) - more)).toBeLessThanOrEqual(1);
    expect((pool?.together ?? 0) > 1.2 * (pool?.alone ?? 0)).toBe(name === 'gold-friend');
  });

  it('I82: is not told where nobody can send any', async () => {
    const { transfers, ...alone } = documentOf('hotel');
    expect(transfers).toBeDefined();
    const { whole, probes } = subjectOf(alone, at);
    expect(poolSharesOf(whole, probes, await solver())).toBeUndefined();
  });
});

describe('rewards', () => {
  it.each([
    ['2026-06-30', 800n],
    ['2026-01-01', 800n],
    ['2025-12-31', 1_000n],
  ])('I98: are had at a former price that points earned until %s have', (until, points) => {
    const document = documentOf('hotel');
    const [breakfast, ...others] = document.rewards;
    if (breakfast?.code !== 'breakfast') throw new Error('The hotel has another breakfast.');
    const formerPrices = [{ points: 800, until, honouredUntil: '2027-12-31' }];
    const rewards = [{ ...breakfast, formerPrices }, ...others];
    const { whole, probes } = subjectOf({ ...document, rewards }, at);
    const { columns } = tableOf(whole, probes, whole.bounds.stacked);
    const had = columns.filter(
      ({ family, steps: [step] }) =>
        family === 'reward' && step?.kind === 'redeem' && step.reward === 'breakfast',
    );
    expect(had.map(({ uses }) => uses.get(POINTS))).toEqual([points * ONE]);
  });
});

describe('meters', () => {
  it('I31: are acts too, of a house that stands empty', async () => {
    const { table } = tableFor('energy');
    const saved = table.columns.filter(({ rules }) => rules.includes('less-power'));
    expect(saved.map(({ family }) => family)).toContain('activity');
    expect(saved.every(({ uses }) => uses.get('less-power/month') === 20_000_000_000n)).toBe(true);
    const { proof } = await auditWhole(documentOf('energy'), { at });
    // Twenty sparks a month and meter, beside sixty of reviews, for three memberships.
    const activities = proof.drivers.find(({ check }) => check === 'COUNT');
    expect(activities?.minor).toBeCloseTo(3 * (12 * 2 * 20 + 60) * 1.2);
  });
});

describe('figures of the linear programme', () => {
  it('I33: prices are rounded up, and gains are exact', () => {
    const rows = new Map([['points', { id: 'points', name: 'a point', supply: 0n }]]);
    const prices = pricesOf(new Map([['points', 1 / 3]]), rows);
    expect(prices.get('points')).toBe(333_333_334n);
    expect(asMinor(333_333_334n)).toBe(0.333334);
    const uses = new Map([['points', 3_000_000_000n]]);
    expect(gainAt(prices, { excess: 1_000_000n, uses })).toBe(-2_000_000_000n);
  });

  it('I31: finds the size at which a cap is just full', () => {
    const capped = (size: number): number => Math.min(size * 2, 800);
    expect(withBends([1, 10_000], capped)).toContain(400);
    expect(withBends([1, 10_000], (size) => size * 2)).toEqual([1, 10_000]);
  });
});
