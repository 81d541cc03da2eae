/**
 * What postings used of rolling limits. A row is forgotten when no window reaches it any more and
 * the limit is used again, so an old one may be there or not; if it is, it is what its posting says.
 */
import { LIMIT_WINDOW_MS } from '../../rules/actions/adjustment-limits.js';
import { rowName, type Expectation } from './compare.js';
import { own, text, type Facts } from './rebuilt.js';
import { partOf, timeText, type TextRow } from './text-row.js';

const key = ['bucket', 'member_id', 'seq', 'limit_id', 'used_at'];

/** `now` is no earlier than what `stored` is of: until then rows may have been forgotten. */
export function rebuiltUses(facts: Facts, stored: readonly TextRow[], now: number): Expectation {
  const there = new Set(stored.map((row) => rowName(key, row)));
  const rows = facts.postings.flatMap((posting) => {
    const uses = partOf(posting, 'uses');
    if (!Array.isArray(uses)) return [];
    const isReached = posting.recordedAt > now - LIMIT_WINDOW_MS;
    return (uses.filter(Array.isArray) as unknown[][])
      .map(([limit, amount]): TextRow => ({
        ...own(facts),
        seq: String(posting.seq),
        limit_id: text(limit),
        used_at: timeText(posting.recordedAt),
        amount: text(amount),
      }))
      .filter((row) => isReached || there.has(rowName(key, row)));
  });
  return { table: 'rolling_uses', key, rows };
}
