import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { FreshDatabase } from './database.js';
import { secrets } from './server.js';

const run = promisify(execFile);

/** What `fealty rebuild --check` says of a database; it fails when anything differs. */
export async function rebuildCheck({ serverUrl, ownerUrl }: FreshDatabase): Promise<string> {
  const urls = { DATABASE_URL: serverUrl, DATABASE_OWNER_URL: ownerUrl };
  const env = { PATH: process.env['PATH'], ...secrets, ...urls };
  const args = ['dist/src/cli/fealty.js', 'rebuild', '--check'];
  const { stdout } = await run(process.execPath, args, { env });
  return stdout;
}
