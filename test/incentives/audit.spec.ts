import { audit, type Audited } from '../../src/incentives/audit.js';
import { auditWhole } from '../../src/incentives/linear/proof.js';
import { checkDocument } from '../../src/programmes/check.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import demo from '../../src/programmes/demo.json' with { type: 'json' };
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { isReplayed } from '../../src/incentives/world/replay.js';
import { bads, type BadProgramme } from './corpus.js';

const at = Date.parse('2026-01-01T12:00:00Z');

const told = ({ findings }: Audited): string[] =>
  findings.map(({ check, gain }) => `${check} ${String(gain.minor)}`);

function sound(document: unknown): ProgrammeDocument {
  const checked = checkDocument(document);
  if ('document' in checked) return checked.document;
  throw new Error(checked.faults.map(({ code, pointer }) => `${code} ${pointer}`).join());
}

/** What an audit has to find of a bad programme; undefined = a law refuses it. */
function expectedOf({
  expect: expected,
}: BadProgramme): { check: string; gain: number } | undefined {
  return 'check' in expected ? expected : undefined;
}

const audited = bads().flatMap((bad) => {
  const expected = expectedOf(bad);
  return expected === undefined ? [] : [[bad.name, bad, expected] as const];
});

describe('the audit of incentives', () => {
  it.each(audited)(
    'I1, I2: finds what is wrong with %s, to a point, in a witness that can be done again',
    async (_, bad, { check, gain }) => {
      const document = sound(bad.document);
      const before = 'against' in bad.expect ? bad.before : undefined;
      const isByProof = 'by' in bad.expect;
      const { findings, point } = await (isByProof ? auditWhole : audit)(document, { at, before });
      const found = findings.find((each) => each.check === check);
      expect(findings.map((each) => each.check)).toContain(check);
      expect(Math.abs((found?.gain.minor ?? 0) - gain)).toBeLessThanOrEqual(point.worth + 0.5);
      const alone = { ...document, offers: [], surprises: [] };
      const played = found?.rulesAlone === true ? alone : document;
      const programme = compileProgramme(played, { no: 1, effectiveAt: 0 });
      for (const story of found?.witness ?? []) {
        expect(isReplayed(programme, story)).toBe(true);
        expect(isReplayed(programme, tampered(story))).toBe(false);
      }
      if (found?.claim === 'replayed') expect(found.witness.length).toBeGreaterThan(0);
    },
  );

  it('I2: says how many months the first reward takes', () => {
    const bad = bads().find(({ name }) => name === 'five-thousand-dollars');
    const [found] = audit(sound(bad?.document), { at }).findings;
    const months = Number(/after (\d+) months/.exec(found?.title ?? '')?.[1]);
    expect(Math.abs(months - 33)).toBeLessThanOrEqual(1);
  });

  it('finds nothing in the demo programme', () => {
    expect(told(audit(sound(demo), { at: Date.parse('2026-12-01T00:00:00Z') }))).toEqual([]);
  });

  it('finds nothing more where points go by silence', () => {
    const expiry = { kind: 'inactivity', months: 12, notices: { daysBefore: [30] } };
    const silent = sound({ ...demo, expiry });
    expect(told(audit(silent, { at: Date.parse('2026-12-01T00:00:00Z') }))).toEqual([]);
  });
});

type Story = Audited['findings'][number]['witness'][number];

const tampered = (story: Story): Story =>
  story.map((step, place) =>
    place === story.length - 1 ? { ...step, points: step.points + 1 } : step,
  );
