import process from 'node:process';

/**
 * Ends a run with one plain line, `12 passed, 0 failed`, which tools that do not know Jest can
 * read. A file that did not even load counts as a failure, and a run without a test fails.
 */
export default class SummaryReporter {
  #ran = 0;

  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    this.#ran = results.numPassedTests + failed;
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed${tail}\n`);
  }

  /** Jest fails the run when a reporter has an error to tell. */
  getLastError() {
    return this.#ran === 0 ? new Error('No test ran.') : undefined;
  }
}
