import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import {
  answerTo,
  columns,
  customerOf,
  InvoiceGatherer,
  purchasesOf,
  type Answer,
  type Invoice,
  type Row,
  type TrialPurchase,
} from './online-retail.js';
import { cancellationsOf, type Cancellation } from './cancellations.js';
import { categoryOf } from './trial-programme.js';

/** What a file holds, counted while it is read. */
export interface Survey {
  /** The first digits of the file's SHA-256. */
  digest: string;
  lines: number;
  answers: Record<Answer, number>;
  /** Purchase lines that are no goods, by stock code. */
  others: Map<string, number>;
  purchases: number;
  customers: Set<string>;
  /** The first purchase; undefined when there is none. */
  startsAt: number | undefined;
}

/** Purchases held back so that an invoice dated before its neighbours takes its place. */
const HELD_BACK = 2_000;

/** Reads the whole file once and holds little of it, so that a fault shows before anything is done. */
export async function survey(file: string): Promise<Survey> {
  const found: Survey = {
    digest: await digestOf(file),
    lines: 0,
    answers: {
      cancellation: 0,
      withoutCustomer: 0,
      withoutQuantity: 0,
      negativePrice: 0,
      purchase: 0,
    },
    others: new Map(),
    purchases: 0,
    customers: new Set(),
    startsAt: undefined,
  };
  for await (const { at } of purchasesIn(file, (row) => count(found, row))) {
    found.purchases += 1;
    found.startsAt = Math.min(found.startsAt ?? at, at);
  }
  return found;
}

function count(found: Survey, row: Row): void {
  const answer = answerTo(row);
  found.lines += 1;
  found.answers[answer] += 1;
  if (row.CustomerID !== '') found.customers.add(customerOf(row));
  if (answer === 'purchase' && categoryOf(row.StockCode) !== 'goods') {
    found.others.set(row.StockCode, (found.others.get(row.StockCode) ?? 0) + 1);
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex').slice(0, 12);
}

/** The purchases of a file, those of each customer in the order of their times. */
export async function* purchasesIn(
  file: string,
  onRow: (row: Row) => void = () => undefined,
): AsyncGenerator<TrialPurchase> {
  const newest = new Map<string, number>();
  let held: TrialPurchase[] = [];
  const release = (number: number): TrialPurchase[] => {
    held.sort((a, b) => a.at - b.at);
    const released = held.slice(0, number);
    held = held.slice(number);
    for (const { customer, at } of released) {
      if (at < (newest.get(customer) ?? at)) {
        throw new Error(`The invoices of customer ${customer} are too far out of order.`);
      }
      newest.set(customer, at);
    }
    return released;
  };
  for await (const invoice of invoicesIn(file, onRow)) {
    held.push(...purchasesOf(invoice));
    if (held.length >= 2 * HELD_BACK) yield* release(HELD_BACK);
  }
  yield* release(held.length);
}

/** The cancellation lines of a file in the order of their times. */
export async function cancellationsIn(file: string): Promise<Cancellation[]> {
  const found: Cancellation[] = [];
  for await (const invoice of invoicesIn(file, () => undefined)) {
    found.push(...cancellationsOf(invoice));
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Only one invoice is held at a time, so the file may be of any length. */
async function* invoicesIn(file: string, onRow: (row: Row) => void): AsyncGenerator<Invoice> {
  const gatherer = new InvoiceGatherer();
  for await (const row of rowsIn(file)) {
    onRow(row);
    const ended = gatherer.add(row);
    if (ended !== undefined) yield ended;
  }
  const last = gatherer.end();
  if (last !== undefined) yield last;
}

/** The lines of a file but its heading, which is checked. */
export function rowsIn(file: string): AsyncIterable<Row> {
  const checked = (heading: string[]): string[] => {
    if (heading.join() === columns.join()) return heading;
    throw new Error(`The first line must be ${columns.join()}.`);
  };
  const parser = parse({ bom: true, columns: checked, skip_empty_lines: true });
  createReadStream(file)
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);
  return parser;
}
