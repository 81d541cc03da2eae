import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The login roles, by what they are for. */
export const ROLES = {
  admin: 'postgres',
  owner: 'fealty_owner',
  server: 'fealty_server',
} as const;

/** The database the programme lives in. */
export const DATABASE = 'fealty';

/** A random password for each login role. */
export type Credentials = Readonly<Record<keyof typeof ROLES, string>>;

/** Whether the data folder has its passwords yet. */
export function hasCredentials(folder: string): boolean {
  return existsSync(fileIn(folder));
}

/** Reads the passwords that the first start wrote. */
export function readCredentials(folder: string): Credentials {
  const found: unknown = JSON.parse(readFileSync(fileIn(folder), 'utf8'));
  if (!isCredentials(found)) throw new Error(`${fileIn(folder)} does not hold three passwords`);
  return found;
}

/** Invents passwords and keeps them in a file that only we may read. */
export function writeCredentials(folder: string): Credentials {
  const credentials = { admin: password(), owner: password(), server: password() };
  const draft = `${fileIn(folder)}.draft`;
  rmSync(draft, { force: true });
  const text = `${JSON.stringify(credentials, undefined, 2)}\n`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
  renameSync(draft, fileIn(folder));
  return credentials;
}

/** The connection URL of a role. The passwords need no escaping by construction. */
export function urlOf(
  role: keyof typeof ROLES,
  credentials: Credentials,
  place: { port: number; database: string },
): string {
  const login = `${ROLES[role]}:${credentials[role]}`;
  return `postgres://${login}@127.0.0.1:${place.port}/${place.database}`;
}

function password(): string {
  return randomBytes(24).toString('base64url');
}

function fileIn(folder: string): string {
  return join(folder, 'credentials.json');
}

function isCredentials(value: unknown): value is Credentials {
  if (typeof value !== 'object' || value === null) return false;
  const held = new Map<string, unknown>(Object.entries(value));
  return Object.keys(ROLES).every((role) => /^[\w-]{16,}$/.test(String(held.get(role))));
}
