/** What the lines of UCI's "Online Retail" file mean, and the purchases that its invoices make. */
import { categoryOf } from './trial-programme.js';

export const columns = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

export type Row = Record<(typeof columns)[number], string>;

/** What becomes of a line; the first answer that fits counts. */
export type Answer =
  'cancellation' | 'withoutCustomer' | 'withoutQuantity' | 'negativePrice' | 'purchase';

export function answerTo(row: Row): Answer {
  if (/^c/i.test(row.InvoiceNo)) return 'cancellation';
  if (row.CustomerID === '') return 'withoutCustomer';
  if (quantityOf(row) <= 0) return 'withoutQuantity';
  return row.UnitPrice.startsWith('-') ? 'negativePrice' : 'purchase';
}

/** The customer's number; spreadsheets like to write it as 17850.0. */
export function customerOf(row: Row): string {
  const [, number] = /^(\d{4,12})(?:\.0)?$/.exec(row.CustomerID) ?? [];
  return row.CustomerID === '' ? '' : (number ?? unreadable(row, 'CustomerID'));
}

export function quantityOf(row: Row): number {
  return /^-?\d{1,7}$/.test(row.Quantity) ? Number(row.Quantity) : unreadable(row, 'Quantity');
}

/** Quantity times price in pence, exact and then rounded half up: 3 at 0.145 are 44 pence. */
export function penceOf(row: Row): number {
  const [, pounds = '', fraction = ''] = /^(\d{1,9})(?:\.(\d{1,8}))?$/.exec(row.UnitPrice) ?? [];
  if (pounds === '') return unreadable(row, 'UnitPrice');
  const unit = 10n ** BigInt(fraction.length);
  const twice = 2n * 100n * BigInt(pounds + fraction) * BigInt(quantityOf(row));
  return Number((twice + unit) / (2n * unit));
}

const isoTime = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?$/;
/** Month first, as the public file's own CSV has it. */
const slashTime = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)$/;
const HOUR_MS = 3_600_000;
const londonHour = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hour: 'numeric',
  hourCycle: 'h23',
});

/** The instant of a local time of London; an hour that comes twice is its first. */
export function instantOf(row: Row): number {
  const iso = isoTime.exec(row.InvoiceDate);
  const slash = slashTime.exec(row.InvoiceDate);
  const texts = iso?.slice(1) ?? [slash?.[3], slash?.[1], slash?.[2], slash?.[4], slash?.[5]];
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN] = texts.map(Number);
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, Number(iso?.[6] ?? 0));
  if (Number.isNaN(asUtc)) return unreadable(row, 'InvoiceDate');
  const anHourAgo = asUtc - HOUR_MS;
  const isSummer = Number(londonHour.format(anHourAgo)) === new Date(asUtc).getUTCHours();
  return isSummer ? anHourAgo : asUtc;
}

function unreadable(row: Row, column: keyof Row): never {
  throw new Error(`Invoice ${row.InvoiceNo}: ${column} "${row[column]}" cannot be read.`);
}

/** An invoice that somebody bought or cancelled on, with those lines. */
export interface Invoice {
  number: string;
  customer: string;
  /** The time of its first line, whatever that line is. */
  at: number;
  rows: Row[];
  cancelled: Row[];
}

/** Gathers rows to invoices: the rows of one must follow each other, and it has one customer. */
export class InvoiceGatherer {
  private readonly seen = new Set<string>();
  private current: Invoice | undefined;

  /** Takes a row; returns the invoice that ended before it, if something is on it. */
  add(row: Row): Invoice | undefined {
    const number = row.InvoiceNo;
    const customer = customerOf(row);
    let ended: Invoice | undefined;
    if (this.current?.number !== number) {
      if (!/^[0-9A-Za-z]{1,20}$/.test(number)) return unreadable(row, 'InvoiceNo');
      if (this.seen.has(number)) {
        throw new Error(`The lines of invoice ${number} do not follow each other.`);
      }
      this.seen.add(number);
      ended = this.end();
      this.current = { number, customer, at: instantOf(row), rows: [], cancelled: [] };
    }
    if (this.current.customer !== customer) {
      throw new Error(`Invoice ${number} has more than one customer.`);
    }
    const answer = answerTo(row);
    if (answer === 'purchase') this.current.rows.push(row);
    if (answer === 'cancellation') this.current.cancelled.push(row);
    return ended;
  }

  /** The last invoice, if something is on it. */
  end(): Invoice | undefined {
    const { rows = [], cancelled = [] } = this.current ?? {};
    return rows.length + cancelled.length === 0 ? undefined : this.current;
  }
}

export interface TrialPurchase {
  customer: string;
  at: number;
  reference: string;
  lines: { id: string; sku: string; quantity: number }[];
  /** One line of NDJSON, as the import takes them. */
  text: string;
}

/** A purchase has at most so many lines; a longer invoice comes in parts. */
const LINES_MAX = 1_000;

/** Invoice 573585 of 1,114 lines becomes the purchases `573585` and `573585/2`. */
export function purchasesOf({ number, customer, at, rows }: Invoice): TrialPurchase[] {
  const parts = Array.from({ length: Math.ceil(rows.length / LINES_MAX) }, (_, part) =>
    rows.slice(part * LINES_MAX, (part + 1) * LINES_MAX),
  );
  return parts.map((part, index) => {
    const reference = index === 0 ? number : `${number}/${String(index + 1)}`;
    const lines = part.map((row, position) => ({
      // Stock codes repeat within an invoice, positions do not.
      id: String(index * LINES_MAX + position + 1),
      category: categoryOf(row.StockCode),
      quantity: quantityOf(row),
      amount: penceOf(row),
      sku: row.StockCode,
      ...(row.Description === '' ? {} : { description: row.Description }),
    }));
    const purchase = {
      idempotencyKey: `trial/${reference}`,
      member: { card: customer },
      reference,
      occurredAt: new Date(at).toISOString(),
      total: { amount: lines.reduce((sum, { amount }) => sum + amount, 0), currency: 'GBP' },
      lines,
    };
    return { customer, at, reference, lines, text: JSON.stringify(purchase) };
  });
}
