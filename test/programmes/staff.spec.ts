import fc from 'fast-check';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { checkDocument } from '../../src/programmes/check.js';
import { explain } from '../../src/programmes/explain.js';
import { lintDocument } from '../../src/programmes/lint.js';
import { NO_RULE, WHOLE_EVENT } from '../../src/rules/explanation.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';

type Staff = NonNullable<ProgrammeDocument['staff']>;

const staff: Staff = {
  reasons: [{ code: 'goodwill', name: 'Goodwill' }],
  perStaffPerDay: 900,
  perMemberPerDay: 400,
  fourEyesAbove: 400,
};

const findings = (changed: Partial<Staff>): [code: string, pointer: string][] =>
  lintDocument(aProgrammeDocument({ staff: { ...staff, ...changed } })).map(({ code, pointer }) => [
    code,
    pointer,
  ]);

const shapeFaults = (changed: object): unknown => {
  const checked = checkDocument({ ...aProgrammeDocument(), staff: { ...staff, ...changed } });
  return 'faults' in checked && checked.faults.map(({ code, pointer }) => [code, pointer]);
};

describe('what a programme says of staff', () => {
  it('P17: may be left out, and then there are limits all the same', () => {
    const { staff: compiled } = aProgramme();
    expect([...compiled.reasons.keys()]).toEqual(['goodwill', 'correction']);
    expect(compiled).toMatchObject({
      perStaffPerDay: 5_000,
      perMemberPerDay: 1_000,
      fourEyesAbove: 500,
    });
  });

  it('P17: names a reason where an adjustment gives it, and nowhere else', () => {
    const named = aProgramme({ staff: { ...staff, reasons: [{ code: '40', name: 'Forty' }] } });
    const names = (['adjustment_given', 'adjustment_taken', 'hold_placed'] as const).map(
      (code) => explain([[NO_RULE, WHOLE_EVENT, code, '0', '40']], named)[0]?.name,
    );
    expect(names).toEqual(['Forty', 'Forty', null]);
  });

  it('P17: is compiled as it is written', () => {
    expect(aProgramme({ staff }).staff).toEqual({
      ...staff,
      reasons: new Map([['goodwill', { code: 'goodwill', name: 'Goodwill' }]]),
    });
  });

  it('P17: leaves no limit that one person passes alone', () => {
    expect(findings({})).toEqual([]);
    const fault = ['four_eyes_above_limit', '/staff/fourEyesAbove'];
    expect(findings({ fourEyesAbove: 401 })).toEqual([fault]);
    expect(findings({ perStaffPerDay: 399 })).toEqual([fault]);
    expect(findings({ fourEyesAbove: 901 })).toEqual([fault, fault]);
    const points = fc.integer({ min: 1, max: 1_000 });
    fc.assert(
      fc.property(points, points, points, (perStaffPerDay, perMemberPerDay, fourEyesAbove) => {
        const isSound = fourEyesAbove <= Math.min(perStaffPerDay, perMemberPerDay);
        const found = findings({ perStaffPerDay, perMemberPerDay, fourEyesAbove });
        expect(found.length === 0).toBe(isSound);
      }),
    );
  });

  it('P2: names each reason once', () => {
    const [reason] = staff.reasons;
    const twice = [...staff.reasons, { code: reason?.code ?? '', name: 'Again' }];
    expect(findings({ reasons: twice })).toEqual([['duplicate_code', '/staff/reasons/1/code']]);
  });

  it('P1: bounds every number and knows every field', () => {
    expect(shapeFaults({})).toBe(false);
    const reason = { code: 'A reason', name: '' };
    for (const [changed, code, pointer] of [
      [{ reasons: [] }, 'out_of_bounds', '/staff/reasons'],
      [{ reasons: [{ ...reason, name: 'R' }] }, 'wrong_format', '/staff/reasons/0/code'],
      [{ perStaffPerDay: 0 }, 'out_of_bounds', '/staff/perStaffPerDay'],
      [{ perMemberPerDay: 1e10 }, 'out_of_bounds', '/staff/perMemberPerDay'],
      [{ fourEyesAbove: -1 }, 'out_of_bounds', '/staff/fourEyesAbove'],
      [{ fourEyesAbove: 1.5 }, 'wrong_type', '/staff/fourEyesAbove'],
      [{ perWeek: 1 }, 'unknown_field', '/staff/perWeek'],
    ] as const) {
      expect(shapeFaults(changed)).toEqual([[code, pointer]]);
    }
  });
});
