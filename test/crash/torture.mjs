/**
 * `npm run torture -- import` or `-- tamper`: tests at their full size, which take too long for
 * every run. What Jest is given besides goes on to it.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import process from 'node:process';

const tortures = {
  import: { spec: 'test/crash/import-kills.spec.ts', env: { CRASH_PURCHASES: '50000' } },
  tamper: { spec: 'test/proof/tamper.spec.ts', env: { TAMPER_EDITS: '1000' } },
};

const [name = '', ...rest] = process.argv.slice(2);
const torture = Object.hasOwn(tortures, name) ? tortures[name] : undefined;
if (torture === undefined) {
  process.stderr.write(`Say which: ${Object.keys(tortures).join(', ')}\n`);
  process.exit(2);
}
const jest = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', jest, torture.spec, ...rest],
  { stdio: 'inherit', env: { ...torture.env, ...process.env } },
);
process.exit(status ?? 1);
