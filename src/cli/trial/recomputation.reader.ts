/**
 * What each customer of a trial must have, worked out from the plain meaning of its programme. It
 * shares no code with the engine or the import, so that a fault of theirs cannot hide here.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** Whole points, the fraction beside them in billionths, and the tier reached. */
export type Expected = Readonly<{ points: bigint; carried: bigint; tier: string }>;
type Purchase = Readonly<{ at: number; week: number; amounts: bigint[] }>;

const [HOUR, DAY] = [3_600_000, 86_400_000];
const notGoods = /^(?:POST|DOT|C2|M|S|PADS|D|BANK CHARGES|AMAZONFEE|CRUK|B|gift_.*)$/i;
const cell = /(?:^|,)("(?:[^"]|"")*"|[^",]*)(?=,|$)/g;

export async function recompute(file: string): Promise<Map<string, Expected>> {
  const customers = new Map<string, Purchase[]>();
  let [invoice, time, lines] = ['', '', 0];
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const cells = [...text.matchAll(cell)].map(([, content = '']) => content);
    const [number = '', code = '', , quantity = '', at = '', price = '', customer = ''] = cells;
    if (text === '' || number.endsWith('InvoiceNo')) continue;
    if (cells.length !== 8) throw new Error(`A line has ${String(cells.length)} cells: ${text}`);
    if (number !== invoice) [invoice, time, lines] = [number, at, 0];
    if (customer === '') continue;
    const own = customers.get(customer.replace('.0', '')) ?? [];
    customers.set(customer.replace('.0', ''), own);
    if (/^C/i.test(number) || Number(quantity) <= 0 || price.startsWith('-')) continue;
    if (lines++ % 1_000 === 0) own.push({ ...momentOf(time), amounts: [] });
    if (!notGoods.test(code)) own.at(-1)?.amounts.push(pence(BigInt(quantity), price));
  }
  return new Map([...customers].map(([customer, purchases]) => [customer, sumUp(purchases)]));
}

/** Rounded half up: 3 at 0.145 make 43.5, which are 44. */
function pence(quantity: bigint, price: string): bigint {
  const [pounds = '', parts = ''] = price.split('.');
  return (quantity * BigInt(pounds + parts.padEnd(8, '0')) + 500_000n) / 1_000_000n;
}

/** Summer time: last Sunday of March to that of October. Weeks: from Monday; 1970 began on Thursday. */
function momentOf(text: string): { at: number; week: number } {
  const [a = 0, b = 0, c = 0, ...clock] = text.split(/\D/).map(Number);
  const [year, month, day] = text.includes('/') ? [c, a, b] : [a, b, c];
  const local = Date.UTC(year, month - 1, day, ...clock);
  const lastSunday = (then: number): number => {
    const last = new Date(Date.UTC(year, then, 0));
    return last.getTime() - last.getUTCDay() * DAY + 2 * HOUR;
  };
  const summer = local >= lastSunday(3) && local < lastSunday(10);
  return { at: local - (summer ? HOUR : 0), week: Math.floor((local / DAY + 3) / 7) };
}

function sumUp(purchases: Purchase[]): Expected {
  let [exact, climbed, lastBonus] = [0n, 0n, -Infinity];
  const bonuses = new Map<number, bigint>();
  for (const { at, week, amounts } of purchases.sort((one, other) => one.at - other.at)) {
    // 1.25 points a pound are 12,500,000 billionths of a point a penny; the tier adds to that.
    const { extra } = tierOf(climbed);
    for (const base of amounts.map((amount) => amount * 12_500_000n)) {
      climbed += base;
      exact += base + (base * extra) / 1_000_000n;
    }
    const left = 40n - (bonuses.get(week) ?? 0n);
    const spent = amounts.reduce((sum, amount) => sum + amount, 0n);
    if (spent < 10_000n || at - lastBonus < 12 * HOUR || left === 0n) continue;
    const bonus = left < 25n ? left : 25n;
    [exact, lastBonus] = [exact + bonus * 1_000_000_000n, at];
    bonuses.set(week, 40n - left + bonus);
  }
  const [points, carried] = [exact / 1_000_000_000n, exact % 1_000_000_000n];
  return { points, carried, tier: tierOf(climbed).tier };
}

function tierOf(climbed: bigint): { tier: string; extra: bigint } {
  if (climbed >= 5_000_000_000_000n) return { tier: 'patron', extra: 500_000n };
  if (climbed >= 1_000_000_000_000n) return { tier: 'friend', extra: 333_333n };
  if (climbed >= 250_000_000_000n) return { tier: 'regular', extra: 100_000n };
  return { tier: 'guest', extra: 0n };
}
