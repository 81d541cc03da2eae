/**
 * What each customer of a trial must have, worked out from the plain meaning of its programme. It
 * shares no code with the engine or the import, so that a fault of theirs cannot hide here.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { sumUp, unknown, type Event, type Expected } from './recomputation.js';

const [HOUR, DAY] = [3_600_000, 86_400_000];
const notGoods = /^(?:POST|DOT|C2|M|S|PADS|D|BANK CHARGES|AMAZONFEE|CRUK|B|gift_.*)$/i;
const cell = /(?:^|,)("(?:[^"]|"")*"|[^",]*)(?=,|$)/g;

export async function recompute(file: string): Promise<Map<string, Expected>> {
  const customers = new Map<string, Event[]>();
  let [invoice, time, count] = ['', '', 0];
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const cells = [...text.matchAll(cell)].map(([, content = '']) => content);
    const [number = '', code = '', , quantity = '', at = '', price = '', customer = ''] = cells;
    if (text === '' || number.endsWith('InvoiceNo')) continue;
    if (cells.length !== 8) throw new Error(`A line has ${String(cells.length)} cells: ${text}`);
    if (number !== invoice) [invoice, time, count] = [number, at, 0];
    if (customer === '') continue;
    const own = customers.get(customer.replace('.0', '')) ?? [];
    customers.set(customer.replace('.0', ''), own);
    const [back, pieces] = [/^C/i.test(number), BigInt(quantity)];
    if (!back && (pieces <= 0n || price.startsWith('-'))) continue;
    if (back || count++ % 1_000 === 0) own.push({ ...momentOf(time), ...unknown, back, lines: [] });
    const pence = back || notGoods.test(code) ? 0n : penceOf(pieces, price);
    own.at(-1)?.lines.push({ code, left: back ? -pieces : pieces, pence });
  }
  return new Map([...customers].map(([customer, events]) => [customer, sumUp(events)]));
}

/** Rounded half up: 3 at 0.145 make 43.5, which are 44. */
function penceOf(quantity: bigint, price: string): bigint {
  const [pounds = '', parts = ''] = price.split('.');
  return (quantity * BigInt(pounds + parts.padEnd(8, '0')) + 500_000n) / 1_000_000n;
}

/** Summer time: last Sunday of March to that of October. */
function momentOf(text: string): { at: number; day: number } {
  const [a = 0, b = 0, c = 0, ...clock] = text.split(/\D/).map(Number);
  const [year, month, day] = text.includes('/') ? [c, a, b] : [a, b, c];
  const local = Date.UTC(year, month - 1, day, ...clock);
  const lastSunday = (then: number): number =>
    Date.UTC(year, then, 0, 2) - new Date(Date.UTC(year, then, 0)).getUTCDay() * DAY;
  const summer = local >= lastSunday(3) && local < lastSunday(10);
  return { at: local - (summer ? HOUR : 0), day: Math.floor(local / DAY) };
}
