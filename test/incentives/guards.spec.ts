import { applyPatch } from 'rfc6902';
import { audit } from '../../src/incentives/audit.js';
import { checkDocument } from '../../src/programmes/check.js';
import { bads } from './corpus.js';

const at = Date.parse('2026-01-01T12:00:00Z');

describe('a guard', () => {
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
