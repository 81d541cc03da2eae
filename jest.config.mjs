/** Native ESM under Jest 30: run through `npm test`, which sets --experimental-vm-modules. */
import { availableParallelism } from 'node:os';

export default {
  testEnvironment: 'node',
  testRegex: 'test/.*\\.spec\\.ts$',
  // Mutation testing works on copies of the tree.
  modulePathIgnorePatterns: ['<rootDir>/.stryker/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: './test/support/global-setup.mjs',
  globalTeardown: './test/support/global-teardown.mjs',
  reporters: ['default', './test/support/summary-reporter.mjs'],
  testTimeout: 60_000,
  testSequencer: './test/support/longest-first.mjs',
  // Tests wait for databases and servers more than they compute: a worker a core leaves them idle.
  maxWorkers: availableParallelism() + 2,
  // A worker keeps the modules of every file it has run; beyond this it is begun anew.
  workerIdleMemoryLimit: '1GB',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: false,
          },
          keepClassNames: true,
          experimental: { keepImportAttributes: true },
        },
      },
    ],
  },
};
