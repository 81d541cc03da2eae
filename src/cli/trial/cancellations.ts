/** Which purchases a cancellation line takes back, as a person with the invoices at hand would. */
import { quantityOf, type Invoice, type TrialPurchase } from './online-retail.js';

export interface Cancellation {
  invoice: string;
  /** Position on its invoice, from 1. */
  position: number;
  /** Empty where the line names none. */
  customer: string;
  at: number;
  stockCode: string;
  pieces: number;
}

/** Pieces of one line of one purchase that come back. */
export interface Back {
  reference: string;
  line: string;
  quantity: number;
}

interface LineLeft {
  at: number;
  reference: string;
  line: string;
  left: number;
}

/** The cancellation lines of an invoice; they happen when its first line does. */
export function cancellationsOf({ number, customer, at, cancelled }: Invoice): Cancellation[] {
  return cancelled.map((row, index) => ({
    invoice: number,
    position: index + 1,
    customer,
    at,
    stockCode: row.StockCode,
    pieces: -quantityOf(row),
  }));
}

/** What customers bought of the articles that they cancel, and how much of it is left. */
export class Bought {
  private readonly lines = new Map<string, LineLeft[]>();

  constructor(cancellations: readonly Cancellation[]) {
    for (const { customer, stockCode } of cancellations) {
      if (customer !== '') this.lines.set(keyOf(customer, stockCode), []);
    }
  }

  /** Purchases come in the order of their times. */
  add({ customer, at, reference, lines }: TrialPurchase): void {
    for (const { id, sku, quantity } of lines) {
      this.lines.get(keyOf(customer, sku))?.push({ at, reference, line: id, left: quantity });
    }
  }

  /** The newest earlier lines of the same stock code that have pieces left; none where none has. */
  takeBack({ customer, stockCode, at, pieces }: Cancellation): Back[] {
    const backs: Back[] = [];
    let wanted = pieces;
    for (const each of (this.lines.get(keyOf(customer, stockCode)) ?? []).toReversed()) {
      const quantity = Math.min(each.left, wanted);
      if (each.at > at || quantity <= 0) continue;
      each.left -= quantity;
      wanted -= quantity;
      backs.push({ reference: each.reference, line: each.line, quantity });
    }
    return backs;
  }
}

const keyOf = (customer: string, stockCode: string): string => `${customer}/${stockCode}`;
