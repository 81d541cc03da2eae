import { Command } from 'commander';
import { BUCKETS } from '../../ledger/address.js';
import type { HeadsVerification } from '../../ledger/proof/check-heads.js';
import { HeadsFolder } from '../../ledger/proof/heads-folder.writer.js';
import { HeadsService } from '../../ledger/proof/heads.service.js';
import { VersionsQueries } from '../../ledger/rebuild/versions.queries.js';
import { VerifyService, type Verification } from '../../ledger/verify.service.js';
import { commandSettings } from '../../platform/config/environment.js';
import { withEngine } from '../foundation.launcher.js';
import { exitCodes } from '../output.js';
import { rowLine } from './row-line.js';
import { Progress } from '../progress.writer.js';

interface VerifyOptions {
  json?: boolean;
  heads?: string;
  key?: string[];
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('recompute every balance from entries and lots, and name any difference')
    .option('--json', 'print one JSON object')
    .option('--heads <folder>', 'hold the ledger against heads that were kept elsewhere as well')
    .option('--key <public key...>', 'keys that signed them; the present one when left out')
    .addHelpText(
      'after',
      `
Exits 1 when anything differs. Whoever can change the database can also hash it anew; what tells
then are the heads kept elsewhere, up to the end of the last day they vouch for.

Examples:
  $ fealty verify
  $ fealty verify --heads /mnt/elsewhere`,
    )
    .action(({ json, heads: folder, key }: VerifyOptions) =>
      withEngine(commandSettings(), async (engine) => {
        const progress = new Progress('verifying', BUCKETS, 'buckets');
        const ledger = await engine.get(VerifyService).verify((done) => {
          progress.update(done);
        });
        progress.stop();
        const versions = await engine.get(VersionsQueries).check();
        const service = engine.get(HeadsService);
        const elsewhere = folder === undefined ? [] : await engine.get(HeadsFolder).read(folder);
        const heads = await service.verify(elsewhere, key ?? [service.publicKey()]);
        const lines = [...versions.map(rowLine), ...ledgerLines(ledger), ...headLines(heads)];
        process.stdout.write(
          json === true
            ? `${JSON.stringify({ ...ledger, versions, heads })}\n`
            : `${lines.join('\n')}\n`,
        );
        const found = ledger.differences.length + versions.length + heads.differences.length;
        if (found > 0) process.exitCode = exitCodes.refused;
      }),
    );
}

function ledgerLines({ members, postings, points, differences }: Verification): string[] {
  const lines = differences.map(
    ({ memberId, what, stored, recomputed }) =>
      `${memberId}  ${what}: stored ${stored}, recomputed ${recomputed}`,
  );
  const count = differences.length;
  return [
    ...lines,
    `${String(members)} members, ${String(postings)} postings, ${String(points)} points: ` +
      `${count === 0 ? 'no difference' : `${String(count)} differences`}.`,
  ];
}

function headLines({ heads, elsewhere, vouchedUntil, differences }: HeadsVerification): string[] {
  const lines = differences.map(
    ({ bucket, day, where, what, stored, recomputed }) =>
      `bucket ${String(bucket)} on ${day}  ${what} in ${where}: ` +
      `stored ${stored}, recomputed ${recomputed}`,
  );
  const source = elsewhere > 0 ? `${String(elsewhere)} heads kept elsewhere` : 'its own heads';
  const until =
    vouchedUntil === null
      ? 'No head vouches for this ledger yet.'
      : `By ${source} this ledger is as it was signed up to the end of ${vouchedUntil} (UTC).`;
  if (heads === 0) return [until];
  return [...lines, until, 'What was recorded later is vouched for by its chain alone.'];
}
