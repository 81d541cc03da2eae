/**
 * `npm run bench`: measures the engine beside its anchors in one run, checks every answer and the
 * ledger afterwards, and says which goals are reached. Any wrong answer ends it with exit code 1.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fealty } from './stage/engine-process.js';
import { ratios, verdict, type Outcome } from './measures/outcome.js';
import { optionsFrom, type Options, type SectionName } from './stage/options.js';
import { memoryOf } from './measures/process-facts.js';
import { writeStatements } from './measures/profile.js';
import { render } from './report.js';
import { accruals } from './sections/accruals.js';
import { audit } from './sections/audit.js';
import { balances } from './sections/balances.js';
import { besideAudit } from './sections/beside-audit.js';
import { bulk } from './sections/bulk.js';
import { history } from './sections/history.js';
import { hotMember } from './sections/hot-member.js';
import { nights } from './sections/nights.js';
import { redemptions } from './sections/redemptions.js';
import { usualWay } from './sections/usual-way.js';
import { setStage, type Stage } from './stage/stage.js';

const sections: Record<SectionName, (stage: Stage) => Promise<Outcome>> = {
  accruals,
  bulk,
  hot: hotMember,
  usual: usualWay,
  redemptions,
  balance: balances,
  'beside-audit': besideAudit,
};

/** Reading everything once takes about 50 us a posting. */
const VERIFY_POSTINGS_MAX = 300_000;

async function main(options: Options): Promise<void> {
  const started = new Date();
  const outcomes: Outcome[] = options.nights ? [await nights(options)] : [];
  if (options.audit) outcomes.push(await audit(options));
  if (options.history) outcomes.push(await history(options));
  const { found, anchor } = await besideLoad(options);
  const facts = machineFacts(options, anchor);
  const all = [...outcomes, ...found];
  console.log(`${Object.values(facts).join(', ')}\n\n${render(all)}`);
  keep(started, options, facts, all);
}

/** The sections that need the load generator and a stage of their own. */
async function besideLoad(options: Options): Promise<{ found: Outcome[]; anchor: string }> {
  if (options.sections.length === 0) return { found: [], anchor: 'no pgbench asked for' };
  const found: Outcome[] = [];
  const stage = await setStage(options);
  try {
    for (const name of options.sections) {
      console.error(`  measuring ${name}`);
      found.push(await sections[name](stage));
    }
    const notes = [await verified(stage), await versionOf(stage), memory(stage)];
    found.push({ comparisons: [], notes });
    if (options.profile !== undefined) await writeStatements(stage.admin, options.profile);
    return { found, anchor: stage.pgbench?.description ?? 'no pgbench' };
  } finally {
    await stage.close();
  }
}

async function verified({ admin, environment, options }: Stage): Promise<string> {
  const { rows } = await admin.query<{ n: string }>('SELECT count(*) AS n FROM postings');
  const postings = Number(rows[0]?.n);
  if (postings > VERIFY_POSTINGS_MAX && !options.verify) {
    return `fealty verify: left out, ${postings} postings; --verify runs it`;
  }
  return `fealty verify: ${(await fealty(['verify'], environment)).trim()}`;
}

function memory({ engine }: Stage): string {
  const found = memoryOf(engine.pid);
  return found === undefined ? '' : `engine memory: ${found.now} MiB, at most ${found.peak} MiB`;
}

async function versionOf({ admin }: Stage): Promise<string> {
  const { rows } = await admin.query<{ server_version: string }>('SHOW server_version');
  return `embedded PostgreSQL ${rows[0]?.server_version ?? ''}`;
}

function machineFacts(options: Options, anchor: string): Record<string, string> {
  const [cpu] = cpus();
  return {
    node: `node ${process.version}`,
    cores: `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'})`,
    members: `${options.members} members`,
    anchor,
  };
}

function keep(
  started: Date,
  options: Options,
  machine: Record<string, string>,
  outcomes: readonly Outcome[],
): void {
  const folder = join('bench', 'results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${started.toISOString().replaceAll(/[:.]/g, '-')}.json`);
  const judged = outcomes.map((outcome) => ({
    ...outcome,
    comparisons: outcome.comparisons.map((each) => ({
      ...each,
      ratios: ratios(each),
      verdict: verdict(each),
    })),
  }));
  writeFileSync(path, `${JSON.stringify({ machine, options, outcomes: judged }, undefined, 2)}\n`);
  console.log(`\nkept in ${path}`);
}

try {
  await main(optionsFrom(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
