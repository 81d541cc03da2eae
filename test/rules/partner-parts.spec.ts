import { MEMBER_CAP, NO_RULE, type ExplanationItem } from '../../src/rules/explanation.js';
import { lowBlock } from '../../src/rules/partners/alert.js';
import {
  blocksAt,
  draw,
  dueCounters,
  lacksBlock,
  turnsAway,
  withCounters,
  withDue,
  withUses,
} from '../../src/rules/partners/draw.js';
import { funderAt, fundedBy, fundingChange } from '../../src/rules/partners/funding.js';
import { blocksFor, fundersFor, letsWait, type Share } from '../../src/rules/partners/terms.js';
import { BILLION, block, item, partners, partnersOf, terms, waits } from '../support/partners.js';

describe('the parts that partners pay of some items', () => {
  const paying = { partners };
  const funded = (items: ExplanationItem[], retailer?: string, by = paying): unknown => [
    ...fundedBy(by, retailer, items),
  ];

  it('R65: are what the rule says, or else of the partner it was bought at, each rounded down', () => {
    const split = partnersOf({ corner: terms({ share: 333_333n }), later: terms() }, [
      [
        5,
        [
          { funder: 'later', part: 250_000n },
          { funder: 'own', part: 750_000n },
        ],
      ],
    ]);
    const by = { partners: split };
    expect(funded([item(1, 10n), item(5, 7n)], 'corner', by)).toEqual([
      ['corner', 3n],
      ['later', 1n],
    ]);
    expect(funded([item(1, 10n), item(5, 7n)], undefined, by)).toEqual([['later', 1n]]);
    expect(funded([item(1, 10n)], 'agent')).toEqual([]);
    expect(funded([item(1, 10n)], 'nobody')).toEqual([]);
  });

  it('R65: are none of what no rule gave, and none where there are no partners', () => {
    expect(funded([item(NO_RULE, 10n), item(1, 0n)], 'later')).toEqual([]);
    expect(funded([item(1, 10n)], 'later', { partners: partnersOf({}) })).toEqual([]);
  });

  it('R65: lose in proportion what the caps on all rules cut off', () => {
    const cut = item(MEMBER_CAP, -4n * BILLION);
    const said = [[1, [{ funder: 'corner', part: 500_000n }]]] as [number, Share[]][];
    const by = { partners: partnersOf({ corner: terms(), later: terms() }, said) };
    const items = [item(1, 6n * BILLION), item(2, 4n * BILLION)];
    expect(funded([...items, cut], 'later', by)).toEqual([
      ['corner', (3n * BILLION * 6n) / 10n],
      ['later', (4n * BILLION * 6n) / 10n],
    ]);
    expect(funded(items, 'later', by)).toEqual([
      ['corner', 3n * BILLION],
      ['later', 4n * BILLION],
    ]);
  });

  it('R100: are less by what waits at the partner it was bought at, and never less than nothing', () => {
    expect(funded([item(1, 10n), waits(4n)], 'café')).toEqual([['café', 6n]]);
    expect(funded([item(1, 10n), waits(14n)], 'café')).toEqual([['café', 0n]]);
    expect(funded([item(1, 10n), waits(10n)], 'café')).toEqual([['café', 0n]]);
    expect(funded([item(1, 10n), waits(4n)])).toEqual([]);
  });

  it('R66: change by what is paid more or less than before, and nothing else is named', () => {
    const before = new Map([
      ...[
        ['a', 5n],
        ['b', 7n],
        ['c', 1n],
      ],
    ] as [string, bigint][]);
    const after = new Map([
      ...[
        ['a', 9n],
        ['b', 7n],
        ['d', 2n],
      ],
    ] as [string, bigint][]);
    expect([...fundingChange(before, after)]).toEqual([
      ['a', 4n],
      ['c', -1n],
      ['d', 2n],
    ]);
  });

  it('R65: make the points a partner’s only where it pays for some', () => {
    const who = (retailer: string | undefined): string =>
      funderAt(
        { partners: partnersOf({ a: terms(), b: terms({ share: 0n }), c: undefined }) },
        retailer,
      );
    expect(['a', 'b', 'c', 'd', undefined].map(who)).toEqual(['a', 'own', 'own', 'own', 'own']);
  });

  it('R67: may be asked of whoever a rule names, and of where it is bought, once each', () => {
    const named = partnersOf({ corner: block('corner', 'refuse'), later: terms() }, [
      [
        1,
        [
          { funder: 'corner', part: 1n },
          { funder: 'own', part: 1n },
        ],
      ],
      [2, [{ funder: 'corner', part: 1n }]],
    ]);
    expect(fundersFor(named, 'later')).toEqual(['corner', 'own', 'later']);
    expect(fundersFor(named, 'corner')).toEqual(['corner', 'own']);
    expect(fundersFor(named, undefined)).toEqual(['corner', 'own']);
    expect(fundersFor(partnersOf({}), 'later')).toEqual([]);
    expect(blocksFor(named, 'later')).toEqual(['block/corner']);
    expect(blocksFor(partners, 'agent')).toEqual([]);
    expect(blocksFor(partners, 'stranger')).toEqual([]);
  });

  it('R100: wait only where some partner lets them', () => {
    expect(letsWait(partners)).toBe(true);
    const { byCode } = partnersOf({ corner: block('corner', 'refuse'), x: terms(), y: undefined });
    expect(letsWait({ byCode })).toBe(false);
    expect(letsWait(partnersOf({}))).toBe(false);
  });
});

describe('a partner’s block', () => {
  const left = new Map([
    ['block/corner', 60],
    ['block/café', 8],
  ]);

  it('R67: is told of when a purchase at the partner leaves less than the alert value', () => {
    const low = (retailer: string | undefined, uses: [string, number][], rest = left): unknown =>
      lowBlock(partners, retailer, rest, [
        { shared: uses.map(([limit, amount]) => ({ limit, amount })) },
        {},
      ]);
    expect(low('corner', [['block/corner', 10]])).toBeUndefined();
    expect(low('corner', [['block/corner', 11]])).toEqual({ left: 49, alertBelow: 50 });
    expect(low('corner', [['block/corner', 70]])).toEqual({ left: 0, alertBelow: 50 });
    expect(low('corner', [['block/café', 11]])).toBeUndefined();
    expect(low('corner', [['block/corner', 11]], new Map())).toBeUndefined();
    expect(low('later', [])).toBeUndefined();
    expect(low('agent', [])).toBeUndefined();
    expect(low(undefined, [['block/corner', 11]])).toBeUndefined();
    expect(lowBlock(partners, 'corner', undefined, [])).toBeUndefined();
  });

  it('R67: has less by what was posted before, and is asked for nothing beyond what is read', () => {
    const shared = [
      { limit: 'block/corner', amount: 15 },
      { limit: 'block/none', amount: 3 },
    ];
    const blocks = blocksAt({ left }, [{ shared }, {}]);
    expect([...blocks.left]).toEqual([
      ['block/corner', 45],
      ['block/café', 8],
    ]);
    expect(blocks.short).toEqual([]);
    expect(blocksAt({}, []).left.size).toBe(0);
    expect(withUses(left, [])).toBe(left);
    expect(blocksAt({ left }, [{}]).left).toBe(left);
  });

  it('R67: turns a purchase away only at a partner that says so, for what its own block lacks', () => {
    const short = [{ limit: 'block/corner', amount: 1 }];
    const queue = [{ limit: 'block/café', amount: 1 }];
    expect(turnsAway(partners, 'corner', short)).toBe(true);
    expect(turnsAway(partners, 'corner', queue)).toBe(false);
    expect(turnsAway(partners, 'café', queue)).toBe(false);
    expect(lacksBlock(partners, 'café', queue)).toBe(true);
    expect(lacksBlock(partners, 'café', [])).toBe(false);
    for (const other of ['later', 'agent', 'stranger', undefined]) {
      expect([turnsAway(partners, other, short), lacksBlock(partners, other, short)]).toEqual([
        false,
        false,
      ]);
    }
  });

  it('R66: is drawn from in whole points, and what is less stays due of it', () => {
    const counters = new Map<string, number>();
    const drawn = draw(partners, new Map([['corner', 2_500_000_000n]]), { counters, left });
    expect(drawn).toEqual({
      entries: [{ debit: 'partner:corner', credit: 'issued', amount: 2, lotSeq: null, lotN: null }],
      counters: [{ counter: '*/due/block/corner/part', periodStart: 0, used: 500_000_000 }],
      shared: [{ limit: 'block/corner', amount: 2 }],
      short: [],
    });
    const after = withCounters(counters, drawn.counters);
    expect([...after]).toEqual([['*/due/block/corner/part@0', 500_000_000]]);
    expect(withCounters(after, [])).toBe(after);
    const more = draw(partners, new Map([['corner', 500_000_000n]]), { counters: after, left });
    expect(more).toMatchObject({
      entries: [{ debit: 'partner:corner', amount: 1 }],
      counters: [{ counter: '*/due/block/corner/part', used: 0 }],
    });
    const small = draw(partners, new Map([['corner', 1n]]), { counters: after, left });
    expect([small.entries, small.shared, small.short]).toEqual([[], [], []]);
  });

  it('R67: gives no more than it has: the rest stays due, and is asked for', () => {
    const asks = new Map([['café', 12n * BILLION]]);
    const drawn = draw(partners, asks, { counters: new Map(), left });
    expect(drawn).toEqual({
      entries: [{ debit: 'partner:café', credit: 'issued', amount: 8, lotSeq: null, lotN: null }],
      counters: [{ counter: '*/due/block/café', periodStart: 0, used: 4 }],
      shared: [{ limit: 'block/café', amount: 8 }],
      short: [{ limit: 'block/café', amount: 12 }],
    });
    const empty = { counters: new Map(), left: new Map([['block/café', -3]]) };
    expect(draw(partners, asks, empty)).toMatchObject({ entries: [], shared: [] });
  });

  it('R66: takes back what it gave, and a return draws for nothing that is due', () => {
    const due = new Map([['*/due/block/corner@0', 5]]);
    const drawn = draw(partners, new Map([['corner', -2n * BILLION]]), { counters: due, left });
    expect(drawn).toMatchObject({
      ...{ entries: [], shared: [], short: [] },
      counters: [{ counter: '*/due/block/corner', used: 3 }],
    });
    const given = draw(partners, new Map([['corner', -2n * BILLION]]), {
      ...{ counters: new Map(), left },
    });
    expect(given).toMatchObject({
      entries: [{ debit: 'issued', credit: 'partner:corner', amount: 2 }],
      ...{ shared: [{ limit: 'block/corner', amount: -2 }], counters: [] },
    });
  });

  it('R66: is not needed by a partner that pays later, nor by one that is none any more', () => {
    const change = new Map([
      ['later', 3n * BILLION],
      ['stranger', BILLION],
      ['agent', BILLION],
    ]);
    const drawn = draw(partners, change, { counters: new Map(), left: new Map() });
    expect(drawn.entries.map(({ debit, amount }) => [debit, amount])).toEqual([
      ['partner:later', 3],
      ['partner:stranger', 1],
      ['partner:agent', 1],
    ]);
    expect([drawn.shared, drawn.short, drawn.counters]).toEqual([[], [], []]);
  });

  it('R66: what is due is read before, and carried from one state to another, and only that', () => {
    expect(dueCounters(partners, ['corner', 'later', 'agent', 'stranger'])).toEqual(
      ['block/corner', 'block/corner/part', 'later', 'later/part'].map((name) => ({
        ...{ counter: `*/due/${name}`, periodStart: 0, used: 0 },
      })),
    );
    const counters = new Map([['a@0', 1]]);
    expect(withDue(counters, new Map([['b@0', 2]]))).toBe(counters);
    const from = new Map([
      ['b@0', 2],
      ['*/due/later@0', 3],
    ]);
    expect([...withDue(counters, from)]).toEqual([
      ['a@0', 1],
      ['*/due/later@0', 3],
    ]);
  });
});
