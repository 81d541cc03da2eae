import fc from 'fast-check';
import type { PartnerTerms } from '../../src/rules/partners/terms.js';
import type { Block } from '../../src/partner-offers/partners/blocks.queries.js';
import { periodOf, type Period } from '../../src/partner-offers/settlement/period.js';
import { escaped } from '../../src/partner-offers/settlement/page.js';
import { formatOf } from '../../src/partner-offers/settlement/settlement.requests.js';
import { statementOf } from '../../src/partner-offers/settlement/statement.js';
import {
  settlementView,
  type SettlementView,
} from '../../src/partner-offers/settlement/settlement.views.js';
import { cellOf, csvOf, rowsOf } from '../../src/partner-offers/settlement/table.js';
import { aProgramme } from '../support/programme.js';

const prepaid = { block: 'block/wheels', whenEmpty: 'refuse', alertBelow: 0 } as const;
const terms = (over: Partial<PartnerTerms> = {}): PartnerTerms => ({
  ...{ price: 800_000n, redemptionPrice: 500_000n, share: 1_000_000n, prepaid: undefined },
  ...over,
});
const months: Period[] = [0, 1, 2, 3].map((n) => ({
  ...{ name: `2026-0${n + 1}`, from: n * 100, until: (n + 1) * 100 },
}));
const block = (n: number, points: number, price: bigint, addedAt = 0): Block => ({
  ...{ partner: 'wheels', n, points, price, addedAt, addedBy: 'u/1' },
});

/** What a view is made of, of a partner whose blocks have so many points left. */
const settled = (points: number, alertBelow: number | undefined): SettlementView =>
  settlementView({
    statement: statementOf({
      converted: [],
      ...{ partner: 'wheels', period: months[0] as Period, blocks: [block(1, points, 1n)] },
      ...{ before: [], during: [], redeemed: [], termsIn: () => terms() },
    }),
    programme: aProgramme(),
    isClosed: true,
    alertBelow,
  });

describe('a statement', () => {
  it.each([
    [49, 50, true],
    [50, 50, false],
    [0, undefined, false],
  ])('O8: of %d points left and an alert value of %s says so: %s', (points, alertBelow, alert) => {
    const view = settled(points, alertBelow);
    expect(view.blocks.alert).toBe(alert);
    expect(rowsOf(view).some(([entry]) => entry === 'below alert value')).toBe(alert);
  });

  it('O25: prices what is paid afterwards by the version that awarded it, and rounds once', () => {
    const versions = [terms(), terms({ price: 333_333n })];
    const { lines, exact, balance } = statementOf({
      converted: [],
      ...{ partner: 'wheels', period: months[0] as Period, blocks: [], before: [] },
      during: [
        { versionNo: 1, kind: 'accrue', points: 100 },
        { versionNo: 2, kind: 'accrue', points: 7 },
        { versionNo: 1, kind: 'return', points: -30 },
        { versionNo: 1, kind: 'correct', points: 5 },
      ],
      redeemed: [{ versionNo: 1, kind: 'redeem', points: 20 }],
      termsIn: (no) => versions[no - 1],
    });
    expect(lines.map(({ kind, points, amount }) => [kind, points, amount])).toEqual([
      ['issued', 100, 80_000_000n],
      ['issued', 7, 2_333_331n],
      ['returned', -30, -24_000_000n],
      ['corrected', 5, 4_000_000n],
      ['redeemed', 20, -10_000_000n],
    ]);
    expect(exact).toBe(52_333_331n);
    expect(balance).toBe(52n);
  });

  it.each([
    [1, 500_000n, 1n],
    [-1, 500_000n, -1n],
    [1, 499_999n, 0n],
    [3, 499_999n, 1n],
  ])('O25: rounds %d points at %d half away from 0', (points, price, balance) => {
    const statement = statementOf({
      converted: [],
      ...{ partner: 'wheels', period: months[0] as Period, blocks: [], before: [], redeemed: [] },
      during: [{ versionNo: 1, kind: 'accrue', points }],
      termsIn: () => terms({ price }),
    });
    expect(statement.balance).toBe(balance);
  });

  it('O25: prices conversions apart: what comes in as issued, what goes out as redeemed', () => {
    const { lines, exact } = statementOf({
      ...{ partner: 'wheels', period: months[0] as Period, blocks: [], before: [], redeemed: [] },
      during: [
        { versionNo: 1, kind: 'accrue', points: 100 },
        { versionNo: 1, kind: 'convert', points: 40 },
      ],
      converted: [{ versionNo: 1, kind: 'redeem', points: 30 }],
      termsIn: () => terms(),
    });
    expect(lines.map(({ kind, points, amount }) => [kind, points, amount])).toEqual([
      ['issued', 100, 80_000_000n],
      ['converted_in', 40, 32_000_000n],
      ['converted_out', 30, -15_000_000n],
    ]);
    expect(exact).toBe(97_000_000n);
  });

  it('O26: consumes the earliest block first, at its own price, and a return the latest', () => {
    const of = (before: number, during: number): object[] =>
      statementOf({
        converted: [],
        ...{ partner: 'wheels', period: months[1] as Period, redeemed: [] },
        blocks: [block(1, 100, 800_000n), block(2, 50, 700_000n, 150)],
        before: [{ versionNo: 1, kind: 'accrue', points: before }],
        during: [{ versionNo: 1, kind: 'accrue', points: during }],
        termsIn: () => terms({ prepaid }),
      }).consumed;
    expect(of(60, 70)).toEqual([
      { n: 1, points: 40, price: 800_000n, value: 32_000_000n },
      { n: 2, points: 30, price: 700_000n, value: 21_000_000n },
    ]);
    expect(of(120, -40)).toEqual([
      { n: 1, points: -20, price: 800_000n, value: -16_000_000n },
      { n: 2, points: -20, price: 700_000n, value: -14_000_000n },
    ]);
  });

  it('O26: months together consume each block once, and each opens as the one before closed', () => {
    const facts = fc.record({
      sizes: fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.nat(399)), {
        minLength: 1,
        maxLength: 5,
      }),
      shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
    });
    fc.assert(
      fc.property(facts, ({ sizes, shares }) => {
        const added = sizes.map(([, at]) => at).sort((a, b) => a - b);
        const blocks = sizes.map(([points], n) =>
          block(n + 1, points, BigInt(n + 1), added[n] ?? 0),
        );
        // What is used at the end of each month is anything that has been paid for.
        const used = months.map(({ until }, n) => {
          const paid = blocks.filter(({ addedAt }) => addedAt < until);
          return Math.floor(paid.reduce((sum, { points }) => sum + points, 0) * (shares[n] ?? 0));
        });
        const statements = months.map((period, n) =>
          statementOf({
            converted: [],
            ...{ partner: 'wheels', period, blocks, redeemed: [] },
            before: [{ versionNo: 1, kind: 'accrue', points: used[n - 1] ?? 0 }],
            during: [{ versionNo: 1, kind: 'accrue', points: (used[n] ?? 0) - (used[n - 1] ?? 0) }],
            termsIn: () => terms({ prepaid }),
          }),
        );
        statements.forEach(({ opening, added: more, consumed, closing, exact }, n) => {
          const sum = (parts: readonly { points: number }[]): number =>
            parts.reduce((total, { points }) => total + points, 0);
          expect(opening + sum(more) - sum(consumed)).toBe(closing);
          expect(opening).toBe(statements[n - 1]?.closing ?? 0);
          expect(closing).toBeGreaterThanOrEqual(0);
          expect(exact).toBe(more.reduce((total, { amount }) => total + amount, 0n));
        });
        for (const { n, points } of blocks) {
          const all = statements.flatMap(({ consumed }) => consumed.filter((each) => each.n === n));
          const total = all.reduce((sum, each) => sum + each.points, 0);
          expect(total).toBeGreaterThanOrEqual(0);
          expect(total).toBeLessThanOrEqual(points);
        }
      }),
    );
  });
});

describe('a month', () => {
  it('O24: begins and ends at local midnights of the zone then in force', () => {
    const june = periodOf('2026-06', () => 'Europe/London');
    expect(june).toEqual({
      name: '2026-06',
      from: Date.UTC(2026, 4, 31, 23),
      until: Date.UTC(2026, 5, 30, 23),
    });
    expect(periodOf('2026-12', () => 'UTC')?.until).toBe(Date.UTC(2027, 0, 1));
  });

  it('O24: ends where the next one begins, also when the zone changes', () => {
    const zoneAt = (at: number): string =>
      at < Date.UTC(2026, 5, 15) ? 'Europe/London' : 'America/Santiago';
    expect(periodOf('2026-06', zoneAt)?.until).toBe(periodOf('2026-07', zoneAt)?.from);
  });

  it.each(['2026-13', '2026-00', '2026-6', '1999-01', 'June', '2026-06-01', ' 2026-06'])(
    'O24: is not %s',
    (name) => {
      expect(periodOf(name, () => 'UTC')).toBeUndefined();
    },
  );
});

describe('a statement as a table', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+44', "'+44"],
    ['-cmd', "'-cmd"],
    ['@sum', "'@sum"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['-12', '-12'],
    ['-0.5', '-0.5'],
    ['-1-1', "'-1-1"],
    [-12, '-12'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['=a,"b"', '"\'=a,""b"""'],
    ['', ''],
  ])('O27: writes %j as %j', (cell, text) => {
    expect(cellOf(cell)).toBe(text);
  });

  it('O27: ends each line in CR LF', () => {
    expect(csvOf([['a', 1], ['b']])).toBe('a,1\r\nb\r\n');
  });

  it('O27: escapes what stands on the page', () => {
    expect(escaped(`<b a="1" c='2'>&`)).toBe('&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;');
  });

  it.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['text/html,application/xhtml+xml', 'html'],
    ['text/csv;q=0.9', 'csv'],
    ['application/json, text/html', 'json'],
    ['constructor', 'json'],
  ])('O27: answers Accept %j with %s', (accept, format) => {
    expect(formatOf(accept)).toBe(format);
  });
});
