/**
 * `npm run torture -- import`, `-- money`, `-- races`, `-- stock`, `-- budget`, `-- webhooks`, `-- jobs`,
 * `-- audit`, `-- witnesses`, `-- mutants` or `-- tamper`: tests at their full size, which take too long for every
 * run; `money --long` is longer still, `mutants --fresh --count 100` draws others, and so many. What Jest is given
 * besides goes on.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import process from 'node:process';

const tortures = {
  import: { spec: 'test/crash/import-kills.spec.ts', env: { CRASH_PURCHASES: '50000' } },
  tamper: { spec: 'test/proof/tamper.spec.ts', env: { TAMPER_EDITS: '1000' } },
  races: { spec: 'test/races/last-byte.spec.ts', env: { RACES: '10000' } },
  stock: { spec: 'test/races/stock.spec.ts', env: { STOCK_TAKERS: '10000', STOCK_KILLS: '12' } },
  budget: {
    spec: 'test/races/budget.spec.ts',
    env: { BUDGET_PURCHASES: '10000', BUDGET_KILLS: '12' },
  },
  webhooks: {
    spec: 'test/events/kills.spec.ts',
    env: { WEBHOOKS_EVENTS: '100000', WEBHOOKS_KILLS: '12' },
  },
  jobs: {
    spec: 'test/crash/jobs.spec.ts',
    env: { JOBS_MEMBERS: '100000', JOBS_KILLS: '20', JOBS_SLEEP_SECONDS: '60' },
  },
  audit: { spec: 'test/incentives/linear.spec.ts', env: { AUDIT_SANE: '1000' } },
  witnesses: { spec: 'test/incentives/witnesses.spec.ts', env: { WITNESSES: '1000' } },
  mutants: { spec: 'test/incentives/mutants/mutants.spec.ts', env: { MUTANTS: '500' } },
  money: {
    spec: 'test/crash/money.spec.ts',
    env: { MONEY_OPERATIONS: '50000', MONEY_KILLS: '12' },
    long: { MONEY_OPERATIONS: '1000000', MONEY_KILLS: '100' },
  },
};

const [name = '', ...given] = process.argv.slice(2);
const counted = given.indexOf('--count');
const asked = {
  ...(given.includes('--fresh') && { FRESH: '1' }),
  ...(counted >= 0 && { MUTANTS: given[counted + 1] }),
};
const rest = given.filter(
  (argument, place) =>
    !['--long', '--fresh', '--count'].includes(argument) && (counted < 0 || place !== counted + 1),
);
const torture = Object.hasOwn(tortures, name) ? tortures[name] : undefined;
if (torture === undefined) {
  process.stderr.write(`Say which: ${Object.keys(tortures).join(', ')}\n`);
  process.exit(2);
}
const size = given.includes('--long') ? torture.long : torture.env;
if (size === undefined) {
  process.stderr.write(`There is no long ${name}.\n`);
  process.exit(2);
}
const jest = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', jest, torture.spec, ...rest],
  { stdio: 'inherit', env: { ...size, ...process.env, ...asked } },
);
process.exit(status ?? 1);
