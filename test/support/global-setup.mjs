import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * Starts one PostgreSQL for the run and tells the workers where it is, and where to put files that
 * must be gone after the run. It needs the compiled code, which `npm test` builds first.
 */
export default async function setUp() {
  const script = fileURLToPath(new URL('database-server.mjs', import.meta.url));
  // Detached, so that Ctrl-C ends Jest first and the server then cleans up undisturbed.
  const keeper = spawn(process.execPath, ['--enable-source-maps', script], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  globalThis.testDatabaseKeeper = keeper;
  const ended = once(keeper, 'exit').then(([code]) => {
    throw new Error(`The test database did not start (exit code ${code}); see above.`);
  });
  const printed = once(createInterface({ input: keeper.stdout }), 'line');
  const [line] = await Promise.race([printed, ended]);
  // From here on its end is expected.
  ended.catch(() => undefined);
  const { folder, adminUrl, ownerUrl, serverUrl, deskUrl } = JSON.parse(line);
  process.env.TEST_FOLDER = folder;
  process.env.TEST_ADMIN_URL = adminUrl;
  process.env.TEST_OWNER_URL = ownerUrl;
  process.env.TEST_SERVER_URL = serverUrl;
  process.env.TEST_DESK_URL = deskUrl;
}
