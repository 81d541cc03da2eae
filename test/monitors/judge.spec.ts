import { beginOf, dayAfter, piecesOf } from '../../src/monitors/judging/days.js';
import { judge, mostOf, surely, type Figure } from '../../src/monitors/judging/judge.js';
import { bars, monitorNames } from '../../src/monitors/judging/kinds.js';
import { watchedOf } from '../../src/monitors/judging/subjects.js';
import { partsOf, wordsOf } from '../../src/monitors/judging/words.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';

const figure = (hits: number, total: number, more: Partial<Figure> = {}): Figure => ({
  ...{ monitor: 'split', subject: 'programme', threshold: 0, hits, total },
  ...{ baseline: null, baselineTotal: 0, examples: [] },
  ...more,
});

describe('W1: whether a figure alerts', () => {
  it('goes by the lower end of the interval of Wilson', () => {
    expect(surely(0, 0)).toBe(0);
    expect(surely(0, 50)).toBe(0);
    // By hand, with z = 2.575829: (0.5 + z²/200 - z·√(0.25/100 + z²/40000)) / (1 + z²/100).
    expect(surely(50, 100)).toBeCloseTo(0.3753, 4);
    expect(surely(20, 20)).toBeCloseTo(20 / (20 + 2.575829 ** 2), 6);
    for (let total = 1; total <= 60; total += 7) {
      const ends = Array.from({ length: total + 1 }, (_, hits) => surely(hits, total));
      expect(ends).toEqual([...ends].sort((one, other) => one - other));
      ends.forEach((end, hits) => expect(end).toBeLessThanOrEqual(hits / total));
    }
  });

  it('says nothing of too few cases, and is held against what is normal', () => {
    expect(judge(figure(19, 19)).state).toBe('too_few');
    expect(judge(figure(20, 20)).state).toBe('alerting');
    expect(judge(figure(1, 20))).toEqual({ state: 'normal', baseline: null, most: 0.05 });
    // Three in a hundred may be chance; of ten thousand they are not above 5 %.
    expect(judge(figure(8, 100)).state).toBe('normal');
    expect(judge(figure(800, 10_000)).state).toBe('alerting');
  });

  it('is as demanding as what it is compared with, of enough cases, up to a ceiling', () => {
    const of = (baseline: number, baselineTotal: number): string =>
      judge(figure(300, 1_000, { baseline, baselineTotal })).state;
    expect([of(0.2, 19), of(0.2, 20), of(0.1, 20)]).toEqual(['alerting', 'normal', 'alerting']);
    expect(mostOf(bars.split, 0.9)).toBe(0.95);
    expect(mostOf(bars.bunching, 0.5)).toBeCloseTo(2 / 3, 9);
    expect(mostOf(bars['staff-share'], 0.5)).toBe(0.8);
    expect(mostOf(bars['staff-share'], 0.1)).toBe(0.5);
    const bunching = judge(figure(1, 30, { monitor: 'bunching', baseline: 1, baselineTotal: 3 }));
    expect(bunching.baseline).toBe(0.5);
  });

  it('takes points of a year as they are: they are no sample', () => {
    const gone = (hits: number, total: number): string =>
      judge(figure(hits, total, { monitor: 'breakage' })).state;
    expect([gone(200, 1_000), gone(201, 1_000), gone(999, 999)]).toEqual([
      ...['normal', 'alerting', 'too_few'],
    ]);
  });
});

describe('W6: what is watched', () => {
  it('knows rules and offers by their numbers, their thresholds, and the cheapest reward', () => {
    const { earningRules } = aProgrammeDocument();
    const programme = aProgramme({
      earningRules: [
        ...earningRules,
        {
          ...{ kind: 'steps', id: 'size', name: 'For a large one', coolDownHours: 24 },
          steps: [
            { minimumAmount: 5_000, points: 10 },
            { minimumAmount: 9_000, points: 30 },
          ],
          caps: [{ period: 'day', points: 30 }],
        },
      ],
      offers: [
        {
          ...{ code: 'sale', name: 'Sale', audience: { kind: 'all' } },
          pays: { kind: 'per_amount', rate: '1' },
        },
      ],
    });
    const watched = watchedOf([programme], programme, 0);
    const [version] = watched.versions;
    expect(version?.subjects).toEqual([...[null, null, 'rule/visit', 'rule/size', 'offer/sale']]);
    expect(version?.bonus).toEqual([false, false, true, true, true]);
    expect([version?.base, version?.taxed]).toEqual(['blue', true]);
    expect(version?.offers).toEqual([false, false, false, false, true]);
    expect(watched.split).toEqual(['rule/visit', 'rule/size']);
    expect(watched.thresholds).toEqual([
      { no: 1, subject: 'rule/visit', minor: 2_000 },
      { no: 1, subject: 'rule/size', minor: 5_000 },
      { no: 1, subject: 'rule/size', minor: 9_000 },
    ]);
    expect(watched.cheapest).toEqual({ subject: 'reward/voucher', points: 500 });
    expect(watched.known.get('offer/sale')).toEqual({ name: 'Sale', versionNo: 1 });
    expect(watchedOf([programme], undefined, 0).cheapest).toBeUndefined();
  });

  it('watches what is capped by the purchase for splitting as well', () => {
    const [base] = aProgrammeDocument().earningRules;
    const caps = [{ period: 'purchase' as const, points: 50 }];
    const earningRules = base === undefined ? [] : [{ ...base, caps }];
    const programme = aProgramme({ earningRules });
    expect(watchedOf([programme], programme, 0).split).toEqual(['rule/base']);
  });
});

it('W6: every monitor says its figures in a sentence with its own words', () => {
  const money = (minor: number): string => `GBP ${(minor / 100).toFixed(2)}`;
  const said = monitorNames.map((monitor) =>
    wordsOf(
      {
        ...{ monitor, subject: 'offer/spring', name: 'Spring', threshold: 2_000 },
        ...{ hits: 7, total: 21, baseline: 0.0512 },
      },
      money,
    ),
  );
  expect(new Set(said).size).toBe(monitorNames.length);
  for (const each of said) expect(each).toMatch(/\b7 of 21 .+\(33\.3 %\).+: 5\.1 %\.$/);
  expect(said[1]).toContain('GBP 20.00');
  expect(partsOf('programme')).toEqual({ kind: 'programme', code: null });
  expect(partsOf('rule/a/b')).toEqual({ kind: 'rule', code: 'a/b' });
});

it('W3: days are those of the programme, and a year is read in pieces that meet', () => {
  expect([dayAfter('2026-12-31', 1), dayAfter('2026-03-01', -1)]).toEqual([
    ...['2027-01-01', '2026-02-28'],
  ]);
  expect(new Date(beginOf('Europe/London', '2026-07-01')).toISOString()).toBe(
    '2026-06-30T23:00:00.000Z',
  );
  expect(piecesOf('2026-01-01', '2026-01-01', 14)).toEqual([]);
  expect(piecesOf('2026-01-01', '2026-01-18', 14)).toEqual([
    { from: '2026-01-01', until: '2026-01-15' },
    { from: '2026-01-15', until: '2026-01-18' },
  ]);
});
