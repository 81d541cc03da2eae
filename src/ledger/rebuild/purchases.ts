/**
 * What the ledger knows of purchases: that there is one, whose and when, what of it came back, and
 * the digest of its content. The content itself, its salt and the reference may be erased.
 */
import { createHash } from 'node:crypto';
import type { Expectation, RowDifference } from './compare.js';
import { rowName } from './compare.js';
import { own, type Facts } from './rebuilt.js';
import { numberIn, instantOf, partOf, timeText, type TextRow } from './text-row.js';

const key = ['bucket', 'member_id', 'seq'];
const erasable = ['content', 'salt', 'reference', 'reference_hmac'];

/**
 * Purchases a posting vouches for with a digest. Their time is the retailer's to the microsecond
 * and the posting's to the millisecond.
 */
export function rebuiltPurchases(facts: Facts, stored: readonly TextRow[]): Expectation {
  const rowOf = new Map(stored.map((row) => [row['seq'], row]));
  const returned = returnedLines(facts);
  const rows = facts.postings
    .filter(({ contentDigest, caller }) => contentDigest !== null && caller.startsWith('r/'))
    .filter(({ seq, kind }) => kind === 'accrue' || rowOf.has(String(seq)))
    .map((posting): TextRow => {
      const at = rowOf.get(String(posting.seq))?.['occurred_at'] ?? null;
      const isSame = instantOf(at) === posting.occurredAt;
      const lines = returned.get(posting.seq);
      const storedLines = rowOf.get(String(posting.seq))?.['returned'] ?? null;
      return {
        ...own(facts),
        seq: String(posting.seq),
        retailer: posting.caller.slice('r/'.length),
        occurred_at: isSame ? at : timeText(posting.occurredAt),
        returned: lines === undefined ? null : spelling(lines, storedLines),
      };
    });
  return { table: 'purchases', key, rows, free: erasable };
}

type Returned = Map<string, [line: unknown, quantity: number, amount: number]>;

/** Quantity and amount that came back of each line of each purchase, over all returns of it. */
function returnedLines({ postings }: Facts): Map<number, Returned> {
  const purchases = new Map<number, Returned>();
  for (const posting of postings) {
    const returned = partOf(posting, 'returned');
    if (!Array.isArray(returned) || !Array.isArray(returned[1])) continue;
    const seq = numberIn(returned[0]);
    const lines = purchases.get(seq) ?? (new Map() as Returned);
    for (const each of returned[1].filter(Array.isArray) as unknown[][]) {
      const line = JSON.stringify(each[0] ?? null);
      const before = lines.get(line);
      const quantity = numberIn(each[1]) + (before?.[1] ?? 0);
      lines.set(line, [each[0], quantity, numberIn(each[2]) + (before?.[2] ?? 0)]);
    }
    purchases.set(seq, lines);
  }
  return purchases;
}

/** The stored text when it says these lines in any order, else the text that would. */
function spelling(lines: Returned, stored: string | null): string {
  const sorted = (rows: readonly unknown[]): string =>
    JSON.stringify(rows.map((row) => JSON.stringify(row)).sort());
  const parsed: unknown = stored === null ? null : JSON.parse(stored);
  const isSame = Array.isArray(parsed) && sorted(parsed) === sorted([...lines.values()]);
  return isSame && JSON.stringify(parsed) === stored ? stored : JSON.stringify([...lines.values()]);
}

/** Purchases whose content is there and is not what their posting vouches for. */
export function forgedContents({ postings }: Facts, stored: readonly TextRow[]): RowDifference[] {
  const digestOf = new Map(postings.map((each) => [String(each.seq), each.contentDigest]));
  return stored.flatMap((row) => {
    const { content, salt, seq } = row;
    const recomputed = digestOf.get(seq ?? '') ?? 'none';
    if (typeof content !== 'string' && typeof salt !== 'string') return [];
    const digest = createHash('sha256')
      .update(salt ?? '')
      .update(content ?? '')
      .digest('hex');
    if (digest === recomputed) return [];
    const place = { table: 'purchases', row: rowName(key, row), column: 'content' };
    return [{ ...place, stored: `digest ${digest}`, recomputed: `digest ${recomputed}` }];
  });
}
