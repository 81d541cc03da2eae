import fc from 'fast-check';
import { joined, pagesOf } from '../../src/jobs/due.js';

async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[][]> {
  const found: T[][] = [];
  for await (const page of pages) found.push([...page]);
  return found;
}

/** A list as a query reads it: behind an item, so many at most. */
const reading =
  (items: readonly string[], size: number) =>
  async (after: string | undefined): Promise<string[]> => {
    const from = after === undefined ? 0 : items.indexOf(after) + 1;
    return Promise.resolve(items.slice(from, from + size));
  };

async function* chained(all: readonly string[][], size: number): AsyncGenerator<readonly string[]> {
  for (const items of all) yield* pagesOf(reading(items, size), size);
}

const lists = fc
  .array(fc.nat({ max: 12 }), { maxLength: 8 })
  .map((sizes) => sizes.map((size, at) => Array.from({ length: size }, (_, n) => `${at}.${n}`)));

it('J25: a list is read page by page behind the last item, and each item comes once', async () => {
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 5 }), async ([items = []], size) => {
      const pages = await collect(pagesOf(reading(items, size), size));
      expect(pages.flat()).toEqual(items);
      expect(pages.every((page) => page.length > 0 && page.length <= size)).toBe(true);
    }),
  );
});

it('J25: lists joined give each item once, in their order, no more at a time than twice the size', async () => {
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 9 }), async (all, size) => {
      const together = await collect(joined(chained(all, size), size));
      expect(together.flat()).toEqual(all.flat());
      expect(together.slice(0, -1).every((page) => page.length >= size)).toBe(true);
      expect(together.every((page) => page.length > 0 && page.length < 2 * size)).toBe(true);
    }),
  );
});
