import Sequencer from '@jest/test-sequencer';

/** Computes for minutes by itself: begun at the end of a run, it would be waited for alone. */
const LONGEST = '/test/model/core.spec.ts';

/** The usual order, but the longest first. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const [first, others] = [[], []];
    for (const test of super.sort(tests)) {
      (test.path.endsWith(LONGEST) ? first : others).push(test);
    }
    return [...first, ...others];
  }
}
