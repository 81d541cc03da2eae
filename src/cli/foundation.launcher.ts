import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { AppModule, type Foundation } from '../app.module.js';
import { Secrets } from '../platform/config/secrets.js';
import type { Settings } from '../platform/config/settings.js';
import { makeSigningKey, parseSigningKey } from '../platform/config/signing-key.js';
import { migrate } from '../platform/database/migrate.js';
import { startEmbedded } from '../platform/embedded/embedded.launcher.js';

export interface RunningFoundation extends Foundation {
  ownerUrl: string;
  /** Where the data is, in words for the person who started it. */
  database: string;
  /** Stops the embedded database if this process started it. */
  close(): Promise<void>;
}

/**
 * Brings up what every command stands on: a database (the embedded one when none is named), its
 * schema up to date, and the secrets.
 */
export async function layFoundation(
  settings: Settings,
  options: { migrate: boolean; log: (line: string) => void },
): Promise<RunningFoundation> {
  const place = await findDatabase(settings, options.log);
  try {
    if (options.migrate) {
      const done = await migrate({ ownerUrl: place.ownerUrl, serverUrl: place.databaseUrl });
      for (const name of done) options.log(`migrated: ${name}`);
    }
    return { settings, secrets: await findSecrets(settings), ...place };
  } catch (error) {
    await place.close();
    throw error;
  }
}

type Place = Pick<RunningFoundation, 'databaseUrl' | 'ownerUrl' | 'database' | 'close'>;

async function findDatabase(settings: Settings, log: (line: string) => void): Promise<Place> {
  const { databaseUrl, databaseOwnerUrl } = settings;
  if (databaseUrl !== undefined) {
    const { host, pathname } = new URL(databaseUrl);
    return {
      databaseUrl,
      ownerUrl: databaseOwnerUrl ?? databaseUrl,
      database: `${host}${pathname}`,
      close: () => Promise.resolve(),
    };
  }
  const embedded = await startEmbedded({ dataDir: settings.dataDir, log });
  return {
    databaseUrl: embedded.serverUrl,
    ownerUrl: embedded.ownerUrl,
    database: `embedded PostgreSQL in ${settings.dataDir}`,
    close: () => embedded.stop(),
  };
}

/** Outside production, secrets nobody set are made once and kept beside the data. */
async function findSecrets(settings: Settings): Promise<Secrets> {
  const { handleSecret, tokenSecret, dataDir } = settings;
  const heads = parseSigningKey(
    settings.headsKey ?? (await keptText(dataDir, 'heads-key', makeSigningKey)),
  );
  if (heads === undefined) throw new Error(`${join(dataDir, 'heads-key')} holds no signing key.`);
  if (handleSecret !== undefined && tokenSecret !== undefined) {
    return new Secrets(handleSecret, tokenSecret, heads);
  }
  const make = (): string =>
    JSON.stringify({
      handle: randomBytes(48).toString('base64'),
      token: randomBytes(48).toString('base64'),
    });
  const kept = JSON.parse(await keptText(dataDir, 'secrets.json', make)) as {
    handle: string;
    token: string;
  };
  return new Secrets(handleSecret ?? kept.handle, tokenSecret ?? kept.token, heads);
}

/** What a file in the data folder says; the first process that asks makes it. */
async function keptText(dataDir: string, name: string, make: () => string): Promise<string> {
  const path = join(dataDir, name);
  await mkdir(dataDir, { recursive: true });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, make(), { mode: 0o600, flag: 'wx' });
  // A link lets exactly one of several processes make the file, and no other see half of it.
  await link(draft, path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  await rm(draft);
  return readFile(path, 'utf8');
}

/** Runs work with every service of the engine at hand, without HTTP and without jobs. */
export async function withEngine<T>(
  settings: Settings,
  work: (engine: INestApplicationContext, foundation: RunningFoundation) => Promise<T>,
): Promise<T> {
  const foundation = await layFoundation(settings, {
    migrate: settings.migrateOnStart,
    log: () => undefined,
  });
  try {
    const engine = await NestFactory.createApplicationContext(AppModule.on(foundation), {
      logger: ['error', 'warn'],
      abortOnError: false,
    });
    try {
      return await work(engine, foundation);
    } finally {
      await engine.close();
    }
  } finally {
    await foundation.close();
  }
}
