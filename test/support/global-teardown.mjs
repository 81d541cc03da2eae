import { once } from 'node:events';

/** Ends the process that keeps the test database; it stops the server and removes its folder. */
export default async function tearDown() {
  const keeper = globalThis.testDatabaseKeeper;
  if (keeper === undefined || keeper.exitCode !== null) return;
  const ended = once(keeper, 'exit');
  keeper.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`The test database did not stop well (exit code ${code}).`);
}
