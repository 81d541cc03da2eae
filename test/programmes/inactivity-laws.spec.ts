import { checkDocument } from '../../src/programmes/check.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';

const faults = (parts: Partial<ProgrammeDocument>): string[] => {
  const checked = checkDocument(aProgrammeDocument({ rewards: [], ...parts }));
  if (!('faults' in checked)) return [];
  return checked.faults.map(({ code, pointer }) => `${code} ${pointer}`);
};

const stages: ProgrammeDocument['inactivity'] = {
  atRisk: { afterDays: 90, notice: { title: 'Still there?', text: 'We miss you.' } },
  dormant: { afterDays: 365 },
  closed: { afterDays: 730 },
};

const welcome = (stage: 'at_risk' | 'dormant' | 'closed'): Partial<ProgrammeDocument> => ({
  offers: [
    {
      code: 'back',
      name: 'Welcome back',
      audience: { kind: 'all' },
      when: [{ kind: 'stage', stage }],
      pays: { kind: 'per_purchase', points: 50, minimumAmount: 2_000 },
      caps: [{ period: 'year', points: 50 }],
      coolDownHours: 24,
    },
  ],
});

describe('stages of inactivity', () => {
  it('P120: come in their order, thirty days apart or more; each may be left out, not all of them', () => {
    expect(faults({ inactivity: stages })).toEqual([]);
    expect(faults({ inactivity: { dormant: { afterDays: 30 } } })).toEqual([]);
    expect(faults({ inactivity: { ...stages, dormant: { afterDays: 119 } } })).toEqual([
      'stages_too_close /inactivity/dormant/afterDays',
    ]);
    expect(faults({ inactivity: { ...stages, atRisk: { afterDays: 400 } } })).toEqual([
      'stages_too_close /inactivity/dormant/afterDays',
    ]);
    expect(faults({ inactivity: {} })).toHaveLength(1);
    expect(faults({ inactivity: { atRisk: { afterDays: 29 } } })).toHaveLength(1);
  });

  it('P121: nobody is closed before a year of silence', () => {
    expect(faults({ inactivity: { closed: { afterDays: 365 } } })).toEqual([]);
    expect(faults({ inactivity: { closed: { afterDays: 364 } } })).toEqual([
      'closed_too_soon /inactivity/closed/afterDays',
    ]);
  });

  it('P122: whoever asks for a stage names one that there is', () => {
    expect(faults({ inactivity: stages, ...welcome('dormant') })).toEqual([]);
    expect(faults({ inactivity: { atRisk: { afterDays: 90 } }, ...welcome('dormant') })).toEqual([
      'unknown_stage /offers/0/when/0/stage',
    ]);
    expect(faults(welcome('at_risk'))).toEqual(['unknown_stage /offers/0/when/0/stage']);
  });

  it('P28: a basic rule goes before no other by a stage', () => {
    const { earningRules } = aProgrammeDocument();
    const picky = earningRules.map((rule) =>
      rule.id === 'garden'
        ? { ...rule, when: [{ kind: 'stage' as const, stage: 'dormant' as const }] }
        : rule,
    );
    expect(faults({ inactivity: stages, earningRules: picky })).toEqual([
      'more_earns_less /earningRules/1/when/0',
    ]);
  });

  it('R57: a stage that an offer asks for is the silence that the stage takes', () => {
    const document = aProgrammeDocument({ inactivity: stages, ...welcome('dormant') });
    const { rules, lapsedDays, inactivity } = compileProgramme(document, { no: 1, effectiveAt: 0 });
    expect(lapsedDays).toBe(365);
    expect(rules.at(-1)?.eventConditions).toContainEqual({ kind: 'lapsed', days: 365 });
    expect(inactivity.map(({ stage, days }) => [stage, days])).toEqual([
      ['at_risk', 90],
      ['dormant', 365],
      ['closed', 730],
    ]);
    expect(compileProgramme(aProgrammeDocument(), { no: 1, effectiveAt: 0 }).inactivity).toEqual(
      [],
    );
  });
});
