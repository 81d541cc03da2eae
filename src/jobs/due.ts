/** Lists of what is due, worked through a page at a time. */
import { isMemberId } from '../ledger/address.js';
import { DomainError } from '../platform/http/domain-error.js';
import type { Part } from './job.js';

/** A member on such a list; since when, in milliseconds. Lists are in this order, then by member. */
export interface DueMember {
  memberId: string;
  dueAt: number;
}

/** One page after another; each begins behind the last of the one before. */
export async function* pagesOf<T>(
  read: (after: T | undefined) => Promise<readonly T[]>,
  size: number,
): AsyncGenerator<readonly T[]> {
  let after: T | undefined;
  for (;;) {
    const page = await read(after);
    if (page.length > 0) yield page;
    after = page.at(-1);
    if (page.length < size) return;
  }
}

/** Pages joined to such a size at least, so that what few of them list is worked on together. */
export async function* joined<T>(
  pages: AsyncIterable<readonly T[]>,
  size: number,
): AsyncGenerator<readonly T[]> {
  let together: T[] = [];
  for await (const page of pages) {
    together.push(...page);
    if (together.length < size) continue;
    yield together;
    together = [];
  }
  if (together.length > 0) yield together;
}

/**
 * Does what is on the pages, a page at once. One that fails keeps no other from its turn, and fails
 * the part once all have had theirs. `work` tells how much it did.
 */
export async function eachOf<T>(
  pages: AsyncIterable<readonly T[]>,
  { fence, count }: Pick<Part, 'fence' | 'count'>,
  work: (item: T) => Promise<number>,
): Promise<void> {
  let failure: { reason: unknown } | undefined;
  for await (const page of pages) {
    fence.hold();
    for (const each of await Promise.allSettled(page.map(work))) {
      if (each.status === 'fulfilled') count(each.value);
      else failure ??= { reason: each.reason };
    }
  }
  if (failure !== undefined) throw failure.reason;
}

/** Where a page of a list begins, as text that a caller hands back. */
export const cursorOf = ({ dueAt, memberId }: DueMember): string => `${String(dueAt)}.${memberId}`;

/** The opposite; undefined = at the beginning. Refuses a text that no page has told. */
export function fromCursor(text: string | undefined): DueMember | undefined {
  if (text === undefined) return undefined;
  const [, dueAt = '', memberId = ''] = /^(\d{1,13})\.(.*)$/.exec(text) ?? [];
  if (!isMemberId(memberId)) throw noSuchCursor();
  return { dueAt: Number(dueAt), memberId };
}

/** What a caller hands back as a cursor must be one. */
export const noSuchCursor = (): DomainError =>
  new DomainError('invalid_request', 'The cursor is of no page.', {}, [
    { pointer: '/cursor', code: 'cursor', detail: 'It is what the page before told.' },
  ]);
