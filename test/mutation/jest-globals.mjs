/** What Jest's specs expect to be there, under Mocha: the same `expect`, the same tables. */
import { expect } from 'expect';
import fc from 'fast-check';
import { bind } from 'jest-each';

const { before, after, beforeEach, afterEach, describe, it } = globalThis;
describe.each = bind(describe, false);
it.each = bind(it);
Object.assign(globalThis, { expect, beforeAll: before, afterAll: after });

// The same draws for every mutant, and no search for shorter ones: that it fails is all we ask.
fc.configureGlobal({ seed: 1, numRuns: 10, endOnFailure: true });

export { after as afterAll, afterEach, before as beforeAll, beforeEach, describe, expect, it };
