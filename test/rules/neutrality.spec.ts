import fc from 'fast-check';
import { checkDocument } from '../../src/programmes/check.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { Partner } from '../../src/programmes/document.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Purchase } from '../../src/rules/purchase.js';
import { HOUR, NOON } from '../support/state.js';
import { anyBasket, anyDocument } from './documents.js';
import { arrive } from './stories.js';

const numRuns = Number(process.env['RUNS'] ?? 200);
const agent: Partner = { code: 'other', kind: 'agent', channels: ['store'] };

/** Programmes that may be published although an agent sells for them. */
const anyWithAgent: fc.Arbitrary<Programme> = anyDocument()
  .map((document) => ({ ...document, partners: [agent] }))
  .filter((document) => 'document' in checkDocument(document))
  .map((document) => compileProgramme(document, { no: 1, effectiveAt: 0 }));

const worth = (programme: Programme, purchases: readonly Purchase[]): bigint =>
  arrive(
    programme,
    purchases.map((purchase, id) => ({
      ...{ kind: 'accrue', id, purchase },
      occurredAt: NOON - (80 - id * 30) * HOUR,
    })),
  ).postings.reduce((sum, { billionths }) => sum + billionths, 0n);

describe('what an agent sells', () => {
  it('P67: earns at least what it earns when bought directly, whatever channel that is', () => {
    fc.assert(
      fc.property(
        anyWithAgent,
        fc.array(anyBasket, { minLength: 1, maxLength: 2 }),
        (programme, drawn) => {
          // A purchase that earns more at the agent may begin a cool-down that the next one meets.
          const rests = programme.groups.some(({ coolDownMs }) => coolDownMs > 0);
          const baskets = rests ? drawn.slice(0, 1) : drawn;
          const direct = baskets.map((basket) => ({ ...basket, retailer: 'shop' }));
          const sold = baskets.map((basket) => ({
            ...basket,
            ...{ retailer: 'other', channel: 'store' },
          }));
          expect(worth(programme, sold)).toBeGreaterThanOrEqual(worth(programme, direct));
        },
      ),
      { numRuns },
    );
  });
});
