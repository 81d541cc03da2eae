import everything from '../../jest.config.mjs';

/** The laws of the source tree alone: no database, and no closing line beside the whole run's. */
const { globalSetup, globalTeardown, reporters, ...rest } = everything;

export default {
  ...rest,
  rootDir: '../..',
  testRegex: 'test/architecture/.*\\.spec\\.ts$',
};
