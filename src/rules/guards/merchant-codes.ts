/**
 * Merchant category codes (ISO 18245, as the card networks publish them) under which nothing may
 * earn: money moved into money, and losses. A code alone decides, whatever the line is called.
 */
export const MERCHANT_CODES: ReadonlyMap<string, 'harmful' | 'cash_like'> = new Map([
  ['4829', 'cash_like'], // wire transfers and money orders
  ['6010', 'cash_like'], // cash over the counter of a bank
  ['6011', 'cash_like'], // cash machines
  ['6012', 'cash_like'], // financial institutions: loans, accounts, card repayments
  ['6050', 'cash_like'], // quasi-cash of a financial institution
  ['6051', 'cash_like'], // quasi-cash elsewhere: foreign and crypto currency, cheques, debts
  ['6211', 'cash_like'], // securities
  ['6529', 'cash_like'], // stored value loaded from afar, by a bank
  ['6530', 'cash_like'], // stored value loaded from afar, by a merchant
  ['6531', 'cash_like'], // payment services: money transfer for a purchase
  ['6532', 'cash_like'], // payment services: payment by a bank
  ['6533', 'cash_like'], // payment services: payment by a merchant
  ['6534', 'cash_like'], // money transfer by a bank
  ['6535', 'cash_like'], // value purchased from a bank
  ['6536', 'cash_like'], // money sent within a country
  ['6537', 'cash_like'], // money sent across a border
  ['6538', 'cash_like'], // funding of money sent
  ['6539', 'cash_like'], // funding of other transfers
  ['6540', 'cash_like'], // stored value bought or loaded
  ['6611', 'cash_like'], // overpayments
  ['6760', 'cash_like'], // savings bonds
  ['7511', 'cash_like'], // quasi-cash at truck stops
  ['7322', 'harmful'], // debt collection
  ['7800', 'harmful'], // government lotteries
  ['7801', 'harmful'], // online casinos
  ['7802', 'harmful'], // horse and dog racing
  ['7995', 'harmful'], // betting, lottery tickets, casino chips
  ['9222', 'harmful'], // fines
  ['9223', 'harmful'], // bail and bonds
  ['9406', 'harmful'], // government-owned lotteries
  ['9754', 'harmful'], // racing and state lotteries, in older tables
]);
