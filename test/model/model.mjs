/**
 * `npm run model -- --seeds 10000`: the model tests at length; so many runs on the core, and a
 * sixteenth of them over HTTP. `--only core` or `--only http` runs one of them. `--mutants [name]`
 * checks instead that they find each of the known defects. What else is given goes on to Jest.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tryMutants } from './mutants.mjs';

const USUAL_SEEDS = 1_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: String(USUAL_SEEDS) },
    only: { type: 'string', default: '' },
    mutants: { type: 'boolean', default: false },
  },
});

if (values.mutants) process.exit(tryMutants(positionals) ? 0 : 1);

const times = Number(values.seeds) / USUAL_SEEDS;
if (!(times > 0) || !['', 'core', 'http'].includes(values.only)) {
  process.stderr.write('Say how many: --seeds 10000, and perhaps --only core or --only http\n');
  process.exit(2);
}
const jest = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', jest, `test/model/${values.only}`, ...positionals],
  { stdio: 'inherit', env: { ...process.env, MODEL_TIMES: String(times) } },
);
process.exit(status ?? 1);
