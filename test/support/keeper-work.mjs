/** Works of the keeper's desk; each takes and gives plain values. */
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { KeysService } from '../../dist/src/access/keys.service.js';
import { UsersService } from '../../dist/src/access/users.service.js';
import { AppModule } from '../../dist/src/app.module.js';
import { RebuildService } from '../../dist/src/ledger/rebuild/rebuild.service.js';
import { VersionsQueries } from '../../dist/src/ledger/rebuild/versions.queries.js';
import { VerifyService } from '../../dist/src/ledger/verify.service.js';
import { Secrets } from '../../dist/src/platform/config/secrets.js';
import { parseSettings } from '../../dist/src/platform/config/settings.js';
import { servingOptions } from '../../dist/src/platform/database/data-source.js';
import { ProgrammesService } from '../../dist/src/programmes/programmes.service.js';
import { bundleServer } from './server-bundle.mjs';

let bundled;

/** The file that servers of the run are started from, made when the first of them is. */
export const bundle = ({ folder }) => (bundled ??= bundleServer(folder));

/** Publishes a programme and makes the credentials of `Credentials` in server.ts. */
export async function prepare({ serverUrl, secrets, programme }) {
  const engine = await engineOn(serverUrl, secrets);
  try {
    const effectiveAt = '2020-01-01T00:00:00Z';
    await engine.get(ProgrammesService).publish(programme, { effectiveAt, by: 'test' });
    const keys = engine.get(KeysService);
    const own = { retailer: 'shop', retailerKind: 'own', createdBy: 'test' };
    const shop = await keys.create({ ...own, scopes: ['all'] });
    const till = await keys.create(own);
    const corner = await keys.create({ retailer: 'corner', scopes: ['all'], createdBy: 'test' });
    const staff = await engine
      .get(UsersService)
      .create({ name: 'Ada', role: 'owner', createdBy: 'test' });
    return { shop: shop.key, corner: corner.key, till: till.key, staff: staff.token };
  } finally {
    await engine.close();
  }
}

/** Recomputes the whole ledger from its postings. */
export async function verify({ serverUrl }) {
  const dataSource = new DataSource(servingOptions({ url: serverUrl, poolMax: 2 }));
  await dataSource.initialize();
  try {
    return await new VerifyService(dataSource).verify();
  } finally {
    await dataSource.destroy();
  }
}

/** What `rebuild --check` finds wrong of derived columns and of versions. */
export async function rebuild({ serverUrl, secrets }) {
  const engine = await engineOn(serverUrl, secrets);
  try {
    const versions = await engine.get(VersionsQueries).check();
    return [...versions, ...(await engine.get(RebuildService).check()).differences];
  } finally {
    await engine.close();
  }
}

const engineOn = (databaseUrl, { HANDLE_SECRET, TOKEN_SECRET }) =>
  NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', AUDIT: 'off', JOBS: 'off' }),
      secrets: new Secrets(HANDLE_SECRET, TOKEN_SECRET),
      databaseUrl,
    }),
    { logger: false, abortOnError: false },
  );
