/** A copy of a file with cancellations added, each of some pieces of a line that the file has. */
import { appendFile, copyFile, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { answerTo, quantityOf, type Row } from './online-retail.js';
import { rowsIn } from './online-retail.reader.js';

export interface CancellationsWanted {
  count: number;
  seed: number;
  /** Purchase lines of the file. */
  lines: number;
}

interface Drawn {
  /** Numbers of the line that is cancelled and of the line at whose time it is, from 0. */
  line: number;
  later: number;
  /** Which share of its pieces, from 0 to 1. */
  share: number;
}

/** Writes the copy into a folder; the same wishes make the same file. Returns its path. */
export async function withCancellations(
  file: string,
  folder: string,
  wanted: CancellationsWanted,
): Promise<string> {
  const added = await cancellationsFor(file, wanted);
  await mkdir(folder, { recursive: true });
  const target = join(folder, `cancelled-${String(wanted.count)}-${String(wanted.seed)}.csv`);
  await copyFile(file, target);
  const ending = await lineEnding(file);
  await appendFile(target, ['', ...added, ''].join(ending));
  return target;
}

/** A reader of CSV takes the first ending it meets for that of all lines. */
async function lineEnding(file: string): Promise<string> {
  const opened = await open(file);
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(4_096), 0, 4_096, 0);
    return buffer.toString('latin1', 0, bytesRead).includes('\r\n') ? '\r\n' : '\n';
  } finally {
    await opened.close();
  }
}

async function cancellationsFor(file: string, wanted: CancellationsWanted): Promise<string[]> {
  const drawn = draws(wanted);
  const bought = new Map<number, Row>();
  const isBought = new Set(drawn.map(({ line }) => line));
  const byTime = new Map<number, number[]>();
  drawn.forEach(({ later }, index) => byTime.set(later, [...(byTime.get(later) ?? []), index]));
  const added: string[] = [];
  let number = 0;
  for await (const row of rowsIn(file)) {
    if (answerTo(row) !== 'purchase') continue;
    if (isBought.has(number)) bought.set(number, row);
    for (const index of byTime.get(number) ?? []) {
      const { line = -1, share = 0 } = drawn[index] ?? {};
      const original = bought.get(line);
      if (original !== undefined) added[index] = cancelled(original, row, share, index + 1);
    }
    number += 1;
  }
  return added;
}

/** Less than all of it where there is more than one piece. */
function cancelled(row: Row, { InvoiceDate }: Row, share: number, number: number): string {
  const { StockCode, UnitPrice, CustomerID } = row;
  const pieces = 1 + Math.floor(share * (quantityOf(row) - 1));
  const invoice = `CG${String(number)}`;
  return [invoice, StockCode, '', -pieces, InvoiceDate, UnitPrice, CustomerID, ''].join();
}

function draws({ count, seed, lines }: CancellationsWanted): Drawn[] {
  const draw = drawsOf(seed);
  return Array.from({ length: lines === 0 ? 0 : count }, () => {
    const line = Math.floor(draw() * lines);
    return { line, later: line + Math.floor(draw() * (lines - line)), share: draw() };
  });
}

/** Numbers from 0 to 1 that depend on the seed only (Mulberry32). */
function drawsOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
