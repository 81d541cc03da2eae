import { applyPatch } from 'rfc6902';
import { fixesOf, type Fix } from '../../src/incentives/fixes/fixes.js';
import { fixesOfAll } from '../../src/incentives/fixes/together.js';
import { auditWhole } from '../../src/incentives/linear/proof.js';
import { checkDocument } from '../../src/programmes/check.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import demo from '../../src/programmes/demo.json' with { type: 'json' };
import { aProgrammeDocument } from '../support/programme.js';

const at = Date.parse('2026-01-01T12:00:00Z');

function sound(document: unknown): ProgrammeDocument {
  const checked = checkDocument(document);
  if ('document' in checked) return checked.document;
  throw new Error(checked.faults.map(({ code, pointer }) => `${code} ${pointer}`).join());
}

function changed(document: ProgrammeDocument, { changes }: Fix): ProgrammeDocument {
  const next = structuredClone(document);
  applyPatch(
    next,
    changes.map(({ pointer, to }) => ({ op: 'replace', path: pointer, value: to })),
  );
  return sound(next);
}

/** A bonus for each visit whose cap is reached by visits in parts. */
const swiped = aProgrammeDocument({
  earningRules: [
    { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' },
    {
      ...{ kind: 'per_purchase', id: 'visit', name: 'Visit', points: 20, minimumAmount: 2_000 },
      caps: [{ period: 'month', points: 200 }],
    },
  ],
  tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
  rewards: [{ code: 'tea', name: 'Tea', points: 100, value: { amount: 100, currency: 'GBP' } }],
});

/** A point is worth a penny, so that a rate of 20 gives a fifth of everything back. */
const greedy = aProgrammeDocument({
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '20' }],
  tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
  rewards: [{ code: 'tea', name: 'Tea', points: 100, value: { amount: 100, currency: 'GBP' } }],
});

describe('fixes', () => {
  it('I45: are the smallest change after which nothing is found, and say what it costs', async () => {
    const { findings } = await auditWhole(greedy, { at });
    const [finding] = findings;
    if (finding === undefined) throw new Error('It gives back too much.');
    const fixes = await fixesOf(greedy, finding, findings, { at });
    expect(fixes).toEqual([
      {
        changes: [{ pointer: '/earningRules/0/rate', from: '20', to: '10' }],
        honest: { before: 2 * (fixes[0]?.honest.after ?? 0), after: fixes[0]?.honest.after },
      },
    ]);
    expect(fixes[0]?.honest.after).toBeGreaterThan(0);
  });

  it('I45: end what parts of a purchase gain by a window that makes one basket of them', async () => {
    const { findings } = await auditWhole(swiped, { at });
    const finding = findings.find(({ check }) => check === 'SPLIT');
    if (finding === undefined) throw new Error('Parts of a purchase are visits.');
    const fixes = await fixesOf(swiped, finding, findings, { at });
    const [first] = fixes;
    expect(first?.changes).toEqual([{ pointer: '/guards/basketWindow/minutes', from: 0, to: 60 }]);
    // It costs whoever shops once nothing.
    expect(first?.honest.after).toBe(first?.honest.before);
    const mended = structuredClone(swiped);
    mended.guards = { basketWindow: { minutes: 60 } };
    const { findings: after } = await auditWhole(sound(mended), { at });
    expect(after.map(({ check }) => check)).not.toContain('SPLIT');
  });

  it('I45: one of the demo that was broken in a line ends the finding, and adds none', async () => {
    const text = JSON.stringify(demo).replace('"rate":"3"', '"rate":"9"');
    const document = sound(JSON.parse(text));
    const { findings } = await auditWhole(document, { at });
    const [finding] = findings;
    if (finding === undefined) throw new Error('It gives back too much.');
    const fixes = await fixesOf(document, finding, findings, { at });
    expect(fixes.length).toBeGreaterThan(0);
    const known = findings.map(({ id }) => id).filter((id) => id !== finding.id);
    for (const fix of fixes.slice(0, 1)) {
      const after = await auditWhole(changed(document, fix), { at });
      expect(known).toEqual(expect.arrayContaining(after.findings.map(({ id }) => id)));
    }
  });

  it('I45: of what goes only once another finding is fixed are told with that fix', async () => {
    const offer = (code: string): NonNullable<ProgrammeDocument['offers']>[number] => ({
      ...{ code, name: code, audience: { kind: 'all' }, budget: { points: 10_000 } },
      pays: { kind: 'per_amount', rate: '7' },
    });
    // 30 % by the rule, 7 % by each offer: with neither the rule nor one of them it is still more than 13 %.
    const document = sound({
      ...greedy,
      earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '30' }],
      bounds: {
        ...{ giveback: '0.05', stacked: '0.13' },
        ...{ allowance: 5_000, largestBasket: 100_000, accounts: 3 },
      },
      offers: ['one', 'two', 'three'].map(offer),
    });
    const { findings } = await auditWhole(document, { at });
    const wanted = findings.filter(({ check }) => check === 'GIVEBACK' || check === 'STACK');
    const [stack, giveback] = ['STACK', 'GIVEBACK'].map(
      (check) => wanted.find((each) => each.check === check)?.id ?? '',
    );
    const fixes = await fixesOfAll({ document, wanted, findings, looked: { at } });
    expect(fixes[giveback ?? '']).toMatchObject([
      { changes: [{ pointer: '/earningRules/0/rate', from: '30', to: '5' }] },
    ]);
    const [first] = fixes[stack ?? ''] ?? [];
    expect(first).toMatchObject({ with: giveback, changes: [{ to: '5' }, {}, {}] });
    if (first === undefined) throw new Error('There is one.');
    const after = await auditWhole(changed(document, first), { at });
    expect(after.findings.map(({ check }) => check)).not.toContain('STACK');
    expect(after.findings.map(({ check }) => check)).not.toContain('GIVEBACK');
  });
});
