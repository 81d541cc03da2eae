import { NestFactory } from '@nestjs/core';
import { KeysService } from '../../src/access/keys.service.js';
import type { RetailerKind } from '../../src/access/permissions.js';
import { AppModule } from '../../src/app.module.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { secrets, type Deployment } from './server.js';

/** A key of another retailer, with all scopes. */
export async function keyOf(
  { database }: Pick<Deployment, 'database'>,
  retailer: string,
  retailerKind: RetailerKind,
): Promise<string> {
  const engine = await NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', JOBS: 'off' }),
      secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
      databaseUrl: database.serverUrl,
    }),
    { logger: false, abortOnError: false },
  );
  try {
    const made = await engine
      .get(KeysService)
      .create({ retailer, retailerKind, scopes: ['all'], createdBy: 'test' });
    return made.key;
  } finally {
    await engine.close();
  }
}
