/**
 * Stryker's build step, in its copy of the tree: the specs named by `SPECS` and the code they test
 * as one file of plain JavaScript. A spec that a mutant keeps from loading fails as a test.
 */
import { resolve } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';

const globals = './test/mutation/jest-globals.mjs';
const loads = (process.env.SPECS ?? '').split(' ').map(
  (name) => `try { await import('./test/${name}.spec.ts'); } catch (error) {
    it('loads test/${name}.spec.ts', () => { throw error; });
  }`,
);

await build({
  stdin: { contents: [`import '${globals}';`, ...loads].join('\n'), resolveDir: process.cwd() },
  alias: { '@jest/globals': resolve(globals) },
  outfile: 'specs.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
