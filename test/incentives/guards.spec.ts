import { applyPatch } from 'rfc6902';
import { audit } from '../../src/incentives/audit.js';
import { checkDocument } from '../../src/programmes/check.js';
import { act } from '../../src/rules/act.js';
import { BILLION } from '../../src/rules/points.js';
import { aProgramme } from '../support/programme.js';
import { aMember, anAccrual, aPurchase } from '../support/state.js';
import { bads } from './corpus.js';

const at = Date.parse('2026-01-01T12:00:00Z');

const paying = (kind: string): { kind: string; amount: number }[] => [
  { kind: 'card', amount: 4_000 },
  { kind, amount: 6_000 },
];

describe('a guard', () => {
  it.each(['points', 'voucher', 'gift_card'])(
    'P10: is not needed against earning on what %s paid: that part never earns, and says so',
    (kind) => {
      const programme = aProgramme({ rewards: [] });
      const purchase = aPurchase([10_000], paying(kind));
      const { postings } = act(programme, { members: [aMember()] }, anAccrual(purchase));
      const [posting] = postings;
      // 40 of 100 pounds, and the bonus of a visit, which they reach.
      expect(posting?.billionths).toBe(60n * BILLION);
      expect(posting?.explanation.map(([, , code]) => code)).toContain('paid_by_excluded_tender');
    },
  );

  it('P142: mends a bonus for every swipe of a card, which a law refuses without it', () => {
    const bad = bads().find(({ name }) => name === 'per-swipe');
    const mended = structuredClone(bad?.document);
    const value = { basketWindow: { minutes: 60 } };
    expect(checkDocument(mended)).toHaveProperty('faults');
    applyPatch(mended, [{ op: 'add', path: '/guards', value }]);
    const checked = checkDocument(mended);
    if (!('document' in checked)) throw new Error(JSON.stringify(checked.faults));
    expect(audit(checked.document, { at }).findings).toEqual([]);
  });
});
