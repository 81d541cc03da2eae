import fc from 'fast-check';
import { compileProgramme } from '../../src/programmes/compile.js';
import { sumOf } from '../../src/rules/explanation.js';
import { remaining } from '../../src/rules/earning/remaining.js';
import type { Programme } from '../../src/rules/programme.js';
import { NOON, HOUR } from '../support/state.js';
import { anyBasket, anyDocument, type Kinds } from './documents.js';
import {
  anyStory,
  arrive,
  endOf,
  fresh,
  inTime,
  shuffled,
  type Back,
  type Bought,
} from './stories.js';

const anyProgramme = (kinds: Kinds = {}): fc.Arbitrary<Programme> =>
  anyDocument(kinds).map((document) => compileProgramme(document, { no: 1, effectiveAt: 0 }));
const numRuns = Number(process.env['RUNS'] ?? 200);
const keys = fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 });

describe('returns and late events under rules of every kind', () => {
  it('R11: leave the member as if all had come in time', () => {
    fc.assert(
      fc.property(anyProgramme(), anyStory, keys, (programme, story, places) => {
        const late = arrive(programme, shuffled(story, places));
        expect(endOf(late)).toEqual(endOf(arrive(programme, inTime(story))));
        for (const { billionths, explanation } of late.postings) {
          expect(sumOf(explanation)).toBe(billionths);
        }
      }),
      { numRuns },
    );
  });

  it('R15: buying and bringing everything back leaves nothing behind', () => {
    fc.assert(
      fc.property(anyProgramme(), anyStory, keys, (programme, story, places) => {
        const bought = inTime(story).filter((each): each is Bought => each.kind === 'accrue');
        const back = bought.map(({ id }): Back => ({
          ...{ kind: 'return', id: 100 + id, of: id, lines: undefined },
          occurredAt: NOON - HOUR + (places[id] ?? 0) * 10 + id,
        }));
        const run = arrive(programme, [...bought, ...inTime(back)]);
        expect({ ...endOf(run), newestAt: null, heardAt: null }).toEqual({
          ...endOf({ member: fresh('blue') }),
        });
      }),
      { numRuns },
    );
  });

  const bought = (purchase: Bought['purchase'], id: number): Bought => ({
    ...{ kind: 'accrue', id, purchase },
    occurredAt: NOON - (40 - id) * HOUR,
  });

  it('R15: nothing grows by a return, whatever of it comes back', () => {
    fc.assert(
      fc.property(anyProgramme(), anyStory, (programme, story) => {
        const { answers } = arrive(programme, inTime(story));
        for (const [id, { billionths }] of answers) {
          if (id >= 100) expect(billionths).toBeLessThanOrEqual(0n);
        }
      }),
      { numRuns },
    );
  });

  it('R15: in parts and at once are the same', () => {
    fc.assert(
      fc.property(
        anyProgramme(),
        fc.array(anyBasket, { maxLength: 2 }),
        anyBasket,
        fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
        (programme, before, basket, places) => {
          const lines = [...new Set(places.map((place) => place % basket.lines.length))];
          const story = [...before, basket].map(bought);
          const back = (of: readonly number[], id: number): Back => ({
            ...{ kind: 'return', id: 100 + id, of: story.length - 1, occurredAt: NOON - HOUR },
            lines: of.map((line) => ({ line })),
          });
          const once = arrive(programme, [...story, back(lines, 0)]);
          const parts = arrive(programme, [...story, ...lines.map((line, id) => back([line], id))]);
          expect(endOf(parts)).toEqual(endOf(once));
        },
      ),
      { numRuns },
    );
  });

  it('R15: what is kept is what the rest alone would have got', () => {
    fc.assert(
      fc.property(
        anyProgramme(),
        anyBasket,
        fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', 'silver'),
        (programme, basket, places, tier) => {
          const lines = [...new Set(places.map((place) => place % basket.lines.length))];
          const asked = lines.map((line) => ({ line }));
          const { answers } = arrive(
            programme,
            [
              bought(basket, 0),
              { kind: 'return', id: 1, of: 0, occurredAt: NOON - HOUR, lines: asked },
            ],
            fresh(tier),
          );
          const back = lines.map((line) => {
            const { quantity = 0, amount = 0 } = basket.lines[line] ?? {};
            return { line, quantity, amount };
          });
          const rest = arrive(programme, [bought(remaining(basket, back), 0)], fresh(tier));
          const award = answers.get(0)?.billionths ?? 0n;
          const kept = award + (answers.get(1)?.billionths ?? 0n);
          const alone = rest.answers.get(0)?.billionths ?? 0n;
          const floors = BigInt(programme.rules.length * basket.lines.length);
          expect(kept).toBeLessThanOrEqual(alone + floors);
          expect(kept).toBeGreaterThanOrEqual(alone - floors);
        },
      ),
      { numRuns },
    );
  });
});
