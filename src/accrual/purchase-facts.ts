/** A recorded purchase as the core reads it, and the checks of its own arithmetic. */
import { DomainError, type FieldFault } from '../platform/http/domain-error.js';
import type { Purchase } from '../rules/purchase.js';
import type { PurchaseContent } from './purchase-row.js';
import type { PurchaseInput } from './purchases.requests.js';

/** The facts of a purchase; a line without tax has none, one without tenders was paid in full. */
export function toPurchase(request: PurchaseContent, retailer: string | undefined): Purchase {
  return {
    lines: request.lines.map((line) => ({
      category: line.category,
      quantity: line.quantity,
      amount: line.amount,
      tax: line.tax ?? 0,
      sku: line.sku,
      brand: line.brand,
      description: line.description,
      merchantCategoryCode: line.merchantCategoryCode,
    })),
    tenders: request.tenders ?? [],
    merchantCategoryCode: request.merchantCategoryCode,
    location: request.location,
    channel: request.channel,
    activity: request.activity,
    traits: request.traits,
    retailer,
  };
}

/**
 * What is wrong with a purchase whose fields are each right: amounts that do not add up, tax above
 * its line, line ids used twice, another currency than the programme's.
 */
export function checkArithmetic(request: PurchaseInput, currency: string | undefined): void {
  const faults: FieldFault[] = [];
  const fault = (pointer: string, code: string, detail: string): void => {
    faults.push({ pointer, code, detail });
  };
  if (currency !== undefined && request.total.currency !== currency) {
    fault('/total/currency', 'currency_mismatch', `The programme's currency is ${currency}.`);
  }
  let sum = 0;
  const ids = new Set<string>();
  request.lines.forEach((line, index) => {
    const at = `/lines/${String(index)}`;
    sum += line.amount;
    if ((line.tax ?? 0) > line.amount) {
      fault(`${at}/tax`, 'tax_above_amount', 'Tax is part of the amount.');
    }
    const id = line.id ?? String(index);
    if (ids.has(id)) fault(`${at}/id`, 'duplicate_line_id', 'Another line has this id.');
    ids.add(id);
  });
  if (sum !== request.total.amount) {
    fault('/total/amount', 'total_does_not_match', `The lines sum to ${String(sum)}.`);
  }
  const paid = request.tenders?.reduce((total, { amount }) => total + amount, 0);
  if (paid !== undefined && paid !== request.total.amount) {
    fault('/tenders', 'tenders_do_not_sum', `The tenders sum to ${String(paid)}.`);
  }
  const [first] = faults;
  if (first !== undefined) {
    throw new DomainError('purchase_does_not_add_up', first.detail, {}, faults);
  }
}
