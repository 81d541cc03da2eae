/**
 * What is left of a purchase after returns. Pieces and money of a line come back separately, so a
 * price reduction returns money and no piece; the last piece of a line brings back its whole rest.
 */
import type { Refusal } from '../outcome.js';
import type { ReturnedLine } from '../state.js';
import type { Purchase, PurchaseLine } from '../purchase.js';

/** A line asked back: whole, or by pieces, by minor units, or by both. */
export interface AskedLine {
  line: number;
  quantity?: number | undefined;
  amount?: number | undefined;
}

/** Everything returned so far, summed by line. */
export function returnedSums(returns: readonly ReturnedLine[]): Map<number, ReturnedLine> {
  const sums = new Map<number, ReturnedLine>();
  for (const { line, quantity, amount } of returns) {
    const sum = sums.get(line) ?? { line, quantity: 0, amount: 0 };
    sums.set(line, { line, quantity: sum.quantity + quantity, amount: sum.amount + amount });
  }
  return sums;
}

/**
 * The purchase with what is left of its lines, which keep their places. Tax contained in a line
 * shrinks with its amount, floored, so what earns never grows by a return.
 */
export function remaining(purchase: Purchase, returns: readonly ReturnedLine[]): Purchase {
  const sums = returnedSums(returns);
  const lines = purchase.lines.map((line, index): PurchaseLine => {
    const back = sums.get(index);
    if (back === undefined) return line;
    const amount = line.amount - back.amount;
    const tax =
      line.amount === 0 ? 0 : Number((BigInt(line.tax) * BigInt(amount)) / BigInt(line.amount));
    return { ...line, quantity: line.quantity - back.quantity, amount, tax };
  });
  return { ...purchase, lines };
}

/** Whether nothing is left of a purchase. */
export const isGone = (purchase: Purchase, returns: readonly ReturnedLine[]): boolean =>
  remaining(purchase, returns).lines.every(
    ({ quantity, amount }) => quantity === 0 && amount === 0,
  );

/**
 * What comes back when lines are asked for, or everything when none are named; a refusal points at
 * the line that has less left. A line of 3 pieces for 1000 minor units gives back 333 with the
 * first piece, 333 with the second, 334 with the third.
 */
export function comesBack(
  left: Purchase,
  asked: readonly AskedLine[] | undefined,
): ReturnedLine[] | Refusal {
  if (asked === undefined) {
    const lines = left.lines.map(({ quantity, amount }, line) => ({ line, quantity, amount }));
    const some = lines.filter(({ quantity, amount }) => quantity > 0 || amount > 0);
    return some.length > 0 ? some : { code: 'nothing_left_to_return', details: {} };
  }
  const back: ReturnedLine[] = [];
  const lines = [...left.lines];
  for (const [index, each] of asked.entries()) {
    const line = lines[each.line];
    const piece = line === undefined ? undefined : ofLine(line, each);
    if (line === undefined || piece === undefined) return tooMuch(index, each, line);
    back.push({ line: each.line, ...piece });
    // A line named twice has less left the second time.
    const { quantity, amount } = piece;
    lines[each.line] = {
      ...line,
      quantity: line.quantity - quantity,
      amount: line.amount - amount,
    };
  }
  return back;
}

function ofLine(
  left: PurchaseLine,
  { quantity, amount }: AskedLine,
): Omit<ReturnedLine, 'line'> | undefined {
  const isWhole = quantity === undefined && amount === undefined;
  if (isWhole && left.quantity === 0 && left.amount === 0) return undefined;
  const pieces = quantity ?? (isWhole ? left.quantity : 0);
  if (pieces > left.quantity) return undefined;
  const money = amount ?? shareOf(left, pieces, isWhole);
  return money > left.amount ? undefined : { quantity: pieces, amount: money };
}

function shareOf(left: PurchaseLine, pieces: number, isWhole: boolean): number {
  if (isWhole || pieces === left.quantity) return left.amount;
  return Number((BigInt(left.amount) * BigInt(pieces)) / BigInt(left.quantity));
}

function tooMuch(index: number, asked: AskedLine, left: PurchaseLine | undefined): Refusal {
  const isMoney = asked.amount !== undefined && asked.amount > (left?.amount ?? 0);
  const field =
    asked.quantity === undefined && asked.amount === undefined
      ? 'line'
      : isMoney
        ? 'amount'
        : 'quantity';
  return {
    code: 'return_exceeds_purchase',
    pointer: `/lines/${String(index)}/${field}`,
    details: { quantityLeft: left?.quantity ?? 0, amountLeft: left?.amount ?? 0 },
  };
}
