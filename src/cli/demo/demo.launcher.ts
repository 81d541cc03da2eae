import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { tillOf } from '../import/till.js';
import { KeysService } from '../../access/keys.service.js';
import { retailerScopes } from '../../access/permissions.js';
import { UsersService } from '../../access/users.service.js';
import { BulkService } from '../../accrual/bulk/bulk.service.js';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import { MembersService } from '../../members/members.service.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { ProgrammesService } from '../../programmes/programmes.service.js';
import demo from '../../programmes/demo.json' with { type: 'json' };
import { DEMO_DAYS, demoMembers, demoPurchases } from './demo-purchases.js';

const RETAILER = 'larkspur';
const DAY_MS = 86_400_000;
const AT_ONCE = 500;

/** Where the demo's API key is kept for the person who tries it; readable by them only. */
export function demoKeyPath(dataDir: string): string {
  return join(dataDir, 'demo-key');
}

/** Where the token of the demo's admin is kept, who may move the test clock. */
export function demoAdminPath(dataDir: string): string {
  return join(dataDir, 'demo-admin');
}

/** Seeds the demo once: a database with a published programme is left alone. */
export async function seedDemo(
  engine: INestApplicationContext,
  dataDir: string,
  say: (line: string) => void,
): Promise<void> {
  if (engine.get(ProgrammeBookService).newestNo > 0) return;
  const now = await engine.get(LedgerQueries).now();
  const { key } = await engine.get(KeysService).create({
    retailer: RETAILER,
    retailerKind: 'own',
    retailerName: 'Larkspur & Finch',
    scopes: retailerScopes,
    createdBy: 'cli',
  });
  await writeFile(demoKeyPath(dataDir), key, { mode: 0o600 });
  const admin = { name: 'demo', role: 'admin', createdBy: 'cli' } as const;
  const { token } = await engine.get(UsersService).create(admin);
  await writeFile(demoAdminPath(dataDir), token, { mode: 0o600 });
  await enrolAll(engine, now);
  // The programme starts before its first purchase; publishing it last makes a cut-off seeding
  // visible, as the next start finds no programme and says what is in the way.
  await engine.get(ProgrammesService).publish(demo, {
    effectiveAt: new Date(now - (DEMO_DAYS + 1) * DAY_MS).toISOString(),
    by: 'cli',
  });
  const booked = await postAll(engine, now);
  say(`seeded the demo: ${String(demoMembers().length)} members, ${String(booked)} purchases`);
}

async function enrolAll(engine: INestApplicationContext, now: number): Promise<void> {
  const members = engine.get(MembersService);
  const consent = {
    textVersion: 'demo-terms-1',
    act: 'signed_form',
    channel: 'store',
    at: new Date(now - (DEMO_DAYS + 1) * DAY_MS).toISOString(),
  } as const;
  for (const { card, name } of demoMembers()) {
    await members.enrol({ card, name, consent }, `r/${RETAILER}`);
  }
}

async function postAll(engine: INestApplicationContext, now: number): Promise<number> {
  const bulk = engine.get(BulkService);
  const scope = { caller: tillOf(RETAILER, 'cli/seed'), requestId: 'seed' };
  const purchases = demoPurchases(now);
  for (let start = 0; start < purchases.length; start += AT_ONCE) {
    const lines = purchases.slice(start, start + AT_ONCE).map((each) => JSON.stringify(each));
    const { answers } = await bulk.begin(lines, start + 1, scope);
    const refused = (await answers).find(({ problem }) => problem !== undefined);
    if (refused !== undefined) throw new Error(JSON.stringify(refused.problem));
  }
  return purchases.length;
}
