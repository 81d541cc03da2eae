import { auditWhole } from '../../src/incentives/linear/proof.js';
import { worksAgain } from '../../src/incentives/relations/known.js';
import { audit } from '../../src/incentives/audit.js';
import { subjectOf } from '../../src/incentives/subject.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { bads } from './corpus.js';

const at = Date.parse('2026-01-01T12:00:00Z');
const later = Date.parse('2026-01-20T12:00:00Z');
/** Of these a witness shows all that it brings. */
const singles = ['PUMP', 'DEBT', 'GIVEBACK'];

const played = bads().flatMap(({ name, before, document, expect: expected }) =>
  'check' in expected && singles.includes(expected.check) && !('against' in expected)
    ? [[name, before, document as ProgrammeDocument, expected.check] as const]
    : [],
);

describe('what was found before', () => {
  it.each(played.slice(0, 4))(
    'I44: %s: is played on later documents, and told where it works',
    (_, sane, bad, check) => {
      const found = audit(bad, { at }).findings.filter((each) => each.check === check);
      expect(found).toHaveLength(1);
      const [one] = found;
      const again = worksAgain(subjectOf(bad, at), found, new Set());
      expect(again).toHaveLength(1);
      expect(again[0]?.about).toEqual(one?.about);
      // Purchases before the one that counts are held against it here.
      expect(again[0]?.gain.minor).toBeGreaterThan(0);
      expect(again[0]?.gain.minor).toBeLessThanOrEqual(one?.gain.minor ?? 0);
      expect(worksAgain(subjectOf(bad, later), found, new Set([one?.id ?? '']))).toEqual([]);
      expect(worksAgain(subjectOf(sane, later), found, new Set())).toEqual([]);
    },
  );

  it('I44: is no finding of a document in which it was mended', async () => {
    const [, sane, bad] = played[0] ?? [];
    if (sane === undefined || bad === undefined) throw new Error('The corpus has a bad one.');
    const { findings: known } = audit(bad, { at });
    const { findings } = await auditWhole(sane, { at: later, known });
    expect(findings).toEqual([]);
  });
});
