import { checkDocument } from '../../src/programmes/check.js';
import { bads, sanes } from './corpus.js';

const codesOf = (document: unknown): string[] => {
  const checked = checkDocument(document);
  return 'faults' in checked ? checked.faults.map(({ code }) => code) : [];
};

describe('programmes to audit', () => {
  it.each(sanes().map((sane) => [sane.name, sane] as const))('%s is a whole one', (_, sane) => {
    const { earningRules, tiers, offers, partners, referral, bounds } = sane.document;
    expect(codesOf(sane.document)).toEqual([]);
    expect(earningRules.length).toBeGreaterThanOrEqual(10);
    expect(tiers.length).toBeGreaterThanOrEqual(3);
    expect(offers?.length).toBeGreaterThanOrEqual(2);
    expect(partners?.length).toBeGreaterThanOrEqual(1);
    expect(referral).toBeDefined();
    expect(bounds).toBeDefined();
    expect(earningRules.some(({ caps = [] }) => caps.length > 0)).toBe(true);
    expect(sane.near).not.toBe('');
  });

  it.each(bads().map((bad) => [bad.name, bad] as const))(
    '%s is a sane one with a change or two, which a law refuses or an audit has to find',
    (_, { patch, document, expect: expected }) => {
      expect([1, 2]).toContain(patch.length);
      const codes = codesOf(document);
      if ('law' in expected) expect(codes).toContain(expected.law);
      else expect(codes).toEqual([]);
    },
  );
});
