/**
 * The programme of a trial, and which of its categories a stock code of the public file belongs to.
 * Its rates make fractions of a point, its ladder and its bonus change sides within a few days.
 */
import type { Category, ProgrammeDocument } from '../../programmes/document.js';

/** Stock codes that are no goods, as the public file has them; PADS is a line without a price. */
const otherCodes: Readonly<Record<string, readonly string[]>> = {
  postage: ['POST', 'DOT', 'C2'],
  manual: ['M', 'S', 'PADS'],
  discounts: ['D'],
  charges: ['BANK CHARGES', 'AMAZONFEE', 'CRUK', 'B'],
};

const categoryByCode = new Map(
  Object.entries(otherCodes).flatMap(([category, codes]) => codes.map((code) => [code, category])),
);

/** The category of a stock code; what is not known as something else is goods. */
export function categoryOf(stockCode: string): string {
  const code = stockCode.toUpperCase();
  return code.startsWith('GIFT_') ? 'gift_vouchers' : (categoryByCode.get(code) ?? 'goods');
}

function category(
  code: string,
  treatment: Category['treatment'],
  name: string,
  description: string,
): Category {
  const desired = treatment === 'harmful' ? 'less' : 'neutral';
  return { code, name, description, treatment, desired, merchantCategoryCodes: [] };
}

/** `code` tells the trials of two files apart: a programme keeps its code for ever. */
export function trialProgramme(code: string): ProgrammeDocument {
  return {
    identity: {
      code,
      name: 'Trial on public data',
      currency: 'GBP',
      timeZone: 'Europe/London',
      pointName: { one: 'point', other: 'points' },
    },
    thanks: ['Thank you.'],
    categories: [
      category('goods', 'earns', 'Goods', 'Gifts for all occasions.'),
      category('postage', 'excluded', 'Postage and carriage', 'POST, DOT, C2.'),
      category('manual', 'excluded', 'Manual lines and samples', 'M, S, PADS.'),
      category('discounts', 'excluded', 'Discounts', 'D.'),
      category('gift_vouchers', 'cash_like', 'Gift vouchers', 'gift_0001_10 and the like.'),
      category('charges', 'harmful', 'Bank charges and fees', 'BANK CHARGES, AMAZONFEE, CRUK, B.'),
    ],
    earningBasis: { tax: 'included', excludedTenders: ['points', 'voucher'] },
    earningRules: [
      { kind: 'per_amount', id: 'base', name: 'On goods', rate: '1.25' },
      {
        kind: 'per_purchase',
        id: 'large-order',
        name: 'For a large order',
        points: 25,
        minimumAmount: 10_000,
        caps: [{ period: 'week', points: 40 }],
        coolDownHours: 12,
      },
    ],
    tiers: [
      { code: 'guest', name: 'Guest', threshold: 0, multiplier: '1' },
      { code: 'regular', name: 'Regular', threshold: 250, multiplier: '1.1' },
      { code: 'friend', name: 'Friend', threshold: 1_000, multiplier: '1.333333' },
      { code: 'patron', name: 'Patron', threshold: 5_000, multiplier: '1.5' },
    ],
    expiry: { kind: 'none' },
    returnWindowDays: 30,
    rewards: [],
    redemption: { holdMinutes: 15 },
    // A hundred years: the public file begins in 2010.
    lateEvents: { windowDays: 36_500, older: 'refuse' },
    purchasesBeforeEnrolment: true,
  };
}
