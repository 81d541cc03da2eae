import { open, rm } from 'node:fs/promises';
import { Command } from 'commander';
import { commandSettings } from '../platform/config/environment.js';
import { validated } from '../platform/http/shape.reader.js';
import { CouponBatchesService } from '../redemptions/coupons/coupon-batches.service.js';
import { CouponBatchPage, MakeCoupons } from '../redemptions/coupons/coupons.requests.js';
import { withEngine } from './foundation.launcher.js';
import { table, UsageError } from './output.js';

interface MakeOptions {
  reference: string;
  coupon?: string;
  offer?: string;
  count: string;
  until?: string;
  out: string;
}

/** For their owner alone: whoever reads the codes can redeem them. */
const PRIVATE = 0o600;

export function couponCommand(): Command {
  const command = new Command('coupon').description('make coupons to hand out, and list them');
  addMake(command);
  addList(command);
  return command;
}

function addMake(command: Command): void {
  command
    .command('make')
    .description('make a batch, and write its codes to a file, one a line')
    .requiredOption('--reference <name>', 'your name for the batch, unique for ever')
    .option('--coupon <code>', 'the kind of coupon, which gives points')
    .option('--offer <code>', 'or the offer that they activate')
    .requiredOption('--count <number>', 'how many, up to 10000')
    .option('--until <time>', 'when they end, as an RFC 3339 instant, if sooner than it says')
    .requiredOption('--out <file>', 'a new file, which only you may read')
    .addHelpText(
      'after',
      `
The same reference and words again write the same codes again.

Examples:
  $ fealty coupon make --reference fair-2026 --coupon fair --count 500 --out fair.txt
  $ fealty coupon make --reference letter-7 --offer spring --count 2000 --out letter-7.txt`,
    )
    .action(({ out, count, ...options }: MakeOptions) =>
      withEngine(commandSettings(), async (engine) => {
        if (!/^\d{1,9}$/.test(count)) throw new UsageError(`--count ${count} is no whole number.`);
        const wanted = validated(MakeCoupons, { ...options, count: Number(count) });
        const batches = engine.get(CouponBatchesService);
        await written(out, async (write) => {
          const batch = await batches.begin(wanted, 'cli');
          for await (const codes of batches.codesOf(batch)) await write(`${codes.join('\n')}\n`);
        });
        process.stderr.write(`${count} codes are in ${out}.\n`);
      }),
    );
}

/** A new file, whole or not at all. */
async function written(
  path: string,
  make: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const file = await open(path, 'wx', PRIVATE).catch((error: unknown) => {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw isThere ? new UsageError(`${path} is there already.`) : error;
  });
  try {
    await make(async (text) => {
      await file.writeFile(text);
    });
    await file.sync();
  } catch (error) {
    await rm(path);
    throw error;
  } finally {
    await file.close();
  }
}

function addList(command: Command): void {
  command
    .command('list')
    .description('list batches, newest first, without their codes')
    .option('--cursor <reference>', 'from after this one on')
    .option('--limit <number>', 'how many, up to 100')
    .action((options: object) =>
      withEngine(commandSettings(), async (engine) => {
        const page = validated(CouponBatchPage, options);
        const { items, next } = await engine.get(CouponBatchesService).page(page);
        const rows = items.map(({ reference, coupon, offer, count, used, until, madeBy }) => [
          reference,
          coupon ?? `offer ${String(offer)}`,
          used,
          count,
          until ?? '',
          madeBy,
        ]);
        const head = ['batch', 'of', 'used', 'made', 'until', 'by'];
        process.stdout.write(`${table([head, ...rows])}\n`);
        if (next !== null) process.stderr.write(`More with --cursor ${next}\n`);
      }),
    );
}
