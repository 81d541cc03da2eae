/** What waits of a member's purchases until their partners have paid. */
import type { Expectation } from './compare.js';
import { latest, own, text, time, type Facts } from './rebuilt.js';
import type { TextRow } from './text-row.js';

/** Purchases of which something waits, as the last posting about each of them says. */
export function rebuiltWaiting(facts: Facts): Expectation {
  const rows = latest(facts, 'waiting', 1)
    .filter(({ values }) => text(values[3]) !== '0')
    .map(({ values: [seq, partner, since, billionths] }): TextRow => ({
      ...own(facts),
      seq: text(seq),
      partner: text(partner),
      since: time(since),
      billionths: text(billionths),
    }));
  return { table: 'waiting_points', key: ['bucket', 'member_id', 'seq'], rows };
}
