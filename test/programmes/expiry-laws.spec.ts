import { checkDocument } from '../../src/programmes/check.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { dateFrom, mayGoBySilence, noticesOf } from '../../src/rules/expiry/terms.js';
import type { Programme } from '../../src/rules/programme.js';
import { aProgrammeDocument } from '../support/programme.js';

type Notices = Extract<ProgrammeDocument['expiry'], { kind: 'rolling' }>['notices'];

const telling = (notices: Notices, months = 24): ProgrammeDocument =>
  aProgrammeDocument({ expiry: { kind: 'rolling', months, ...(notices && { notices }) } });

function faults(notices: Notices, months?: number): string[] {
  const checked = checkDocument(telling(notices, months));
  return 'faults' in checked ? checked.faults.map(({ code, pointer }) => `${code} ${pointer}`) : [];
}

const at = '/expiry/notices';

describe('notices before points go', () => {
  it('P112: come once each, while the points are there, and leave the days that are promised', () => {
    expect(faults({ daysBefore: [60, 30, 7] })).toEqual([]);
    expect(faults({ daysBefore: [7, 60, 7] })).toEqual([`said_twice ${at}/daysBefore/2`]);
    expect(faults({ daysBefore: [28, 29] }, 1)).toEqual([
      `before_points_are_there ${at}/daysBefore/1`,
    ]);
    expect(faults({ daysBefore: [7, 30], leastDays: 30 })).toEqual([]);
    expect(faults({ daysBefore: [7, 30], leastDays: 31 })).toEqual([
      `notices_too_late ${at}/leastDays`,
    ]);
  });

  it('P112: have one that is neither too late nor too early to be good', () => {
    expect(faults({ daysBefore: [45, 7], leastDays: 30, mostDays: 60 })).toEqual([]);
    expect(faults({ daysBefore: [90, 7], leastDays: 30, mostDays: 60 })).toEqual([
      `notices_too_early ${at}/mostDays`,
    ]);
    expect(faults({ daysBefore: [30], leastDays: 30, mostDays: 30 })).toEqual([]);
  });

  it('P113: points have no date where the law does not let them go by time alone', () => {
    type Places = NonNullable<ProgrammeDocument['jurisdictions']>;
    const under = (jurisdictions: Places, kind: 'none' | 'rolling') => {
      const expiry = kind === 'none' ? { kind } : { kind, months: 24 };
      const checked = checkDocument(aProgrammeDocument({ expiry, jurisdictions }));
      return 'faults' in checked ? checked.faults.map(({ code }) => code) : [];
    };
    for (const place of ['quebec', 'ontario'] as const) {
      expect(under([place], 'rolling')).toEqual(['expiry_by_time_alone']);
      expect(under([place], 'none')).toEqual([]);
    }
    expect(under([], 'rolling')).toEqual([]);
  });

  it('P113, P141: Ontario lets points go by silence, Quebec after a year of it and a notice of its own', () => {
    type Expiry = ProgrammeDocument['expiry'];
    type Places = NonNullable<ProgrammeDocument['jurisdictions']>;
    const notice = { daysBefore: [45], leastDays: 30, mostDays: 60, lastResort: false };
    const found = (jurisdictions: Places, months: number, notices?: Notices): string[] => {
      const expiry: Expiry = { kind: 'inactivity', months, ...(notices && { notices }) };
      const checked = checkDocument(aProgrammeDocument({ expiry, jurisdictions }));
      return 'faults' in checked
        ? checked.faults.map(({ code, pointer }) => `${code} ${pointer}`)
        : [];
    };
    expect(found(['ontario'], 6, { daysBefore: [30] })).toEqual([]);
    expect(found(['quebec'], 12, notice)).toEqual([]);
    expect(found(['quebec'], 12)).toEqual([]);
    expect(found(['ontario', 'quebec'], 11, notice)).toEqual(['silence_too_short /expiry/months']);
    expect(found(['quebec'], 12, { daysBefore: [45] })).toEqual([
      `notice_too_early ${at}/mostDays`,
      `notice_of_last_resort ${at}/lastResort`,
    ]);
    expect(found(['quebec'], 12, { ...notice, leastDays: 29 })).toEqual([
      `notice_too_late ${at}/leastDays`,
    ]);
    expect(found(['quebec'], 12, { ...notice, daysBefore: [60], mostDays: 61 })).toEqual([
      `notice_too_early ${at}/mostDays`,
    ]);
  });

  it('P140, P112: no silence is over before points can be spent, or their notice comes', () => {
    const found = (months: number, returnWindowDays: number, notices?: Notices): string[] => {
      const expiry = { kind: 'inactivity' as const, months, ...(notices && { notices }) };
      const checked = checkDocument(aProgrammeDocument({ expiry, returnWindowDays }));
      return 'faults' in checked ? checked.faults.map(({ code }) => code) : [];
    };
    expect([found(1, 27), found(1, 28)]).toEqual([[], ['silence_too_short']]);
    expect(found(1, 14, { daysBefore: [29] })).toEqual(['before_points_are_there']);
  });

  it('R134: what came under silence is minded under every later version', () => {
    const of = (expiry: ProgrammeDocument['expiry'], no: number, earlier?: Programme): Programme =>
      compileProgramme(aProgrammeDocument({ expiry }), { no, effectiveAt: no, earlier });
    const first = of({ kind: 'rolling', months: 24 }, 1);
    const silent = of({ kind: 'inactivity', months: 12 }, 2, first);
    const dated = of({ kind: 'rolling', months: 24 }, 3, silent);
    const none = of({ kind: 'none' }, 4, dated);
    const minded = [first, silent, dated, none].map(({ expiry }) => mayGoBySilence(expiry));
    expect(minded).toEqual([false, true, true, true]);
    expect(dateFrom(silent, 0)).toBeNull();
    expect(dateFrom(dated, 0)).toBe(dateFrom(first, 0));
  });

  it('P112: say what the core reads; without them nobody is told', () => {
    const compiled = (notices: Notices) =>
      noticesOf(compileProgramme(telling(notices), { no: 1, effectiveAt: 0 }).expiry);
    expect(compiled(undefined)).toBeUndefined();
    expect(compiled({ daysBefore: [7, 60] })).toEqual({
      ...{ daysBefore: [60, 7], leastDays: 7, mostDays: null, lastResort: true },
    });
    const strict = { daysBefore: [45], leastDays: 30, mostDays: 60, lastResort: false };
    expect(compiled(strict)).toEqual(strict);
  });
});
