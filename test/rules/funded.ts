import fc from 'fast-check';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { Partner, ProgrammeDocument } from '../../src/programmes/document.js';
import { formatRate } from '../../src/rules/points.js';
import type { Programme } from '../../src/rules/programme.js';
import { anyDocument } from './documents.js';

/** Partners of drawn programmes. */
export const codes = ['other', 'third'] as const;

/**
 * Programmes of every kind of rule with two partners, some rules of which say who pays. `least` is
 * the smallest share of a partner, in millionths.
 */
export const anyFunded = (
  partner: (code: string, share: string) => Partner,
  least = 0n,
): fc.Arbitrary<Programme> =>
  fc
    .record({
      document: anyDocument(),
      shares: fc.tuple(fc.bigInt(least, 1_000_000n), fc.bigInt(least, 1_000_000n)),
      splits: fc.array(
        fc.option(fc.tuple(fc.constantFrom(...codes), fc.bigInt(1n, 999_999n)), { freq: 2 }),
        { minLength: 8, maxLength: 8 },
      ),
    })
    .map(({ document, shares, splits }) => {
      const earningRules = document.earningRules.map((rule, place) => {
        const split = splits[place];
        if (split === null || split === undefined) return rule;
        const [code, share] = split;
        const own = { code: 'own', share: formatRate(1_000_000n - share) };
        return { ...rule, funders: [{ code, share: formatRate(share) }, own] };
      });
      const partners = codes.map((code, n) => partner(code, formatRate(shares[n] ?? least)));
      const funded: ProgrammeDocument = { ...document, earningRules, partners };
      return compileProgramme(funded, { no: 1, effectiveAt: 0 });
    });
