import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { withEngine } from '../../src/cli/foundation.launcher.js';
import { JobRegistry } from '../../src/jobs/job-registry.service.js';
import { HeadsService } from '../../src/ledger/proof/heads.service.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { startEmbedded } from '../../src/platform/embedded/embedded.launcher.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { copyMembers } from '../population/copies.js';
import { live, tellAll, type Course } from '../population/history.js';
import { nightsProgramme, TOLD_DAYS } from '../population/programme.js';
import { inDen, type Den } from './den.js';
import { fealty, startEngine, type Engine, type Environment } from './engine-process.js';
import {
  databaseSettings,
  environmentOf,
  inDatabase,
  nodeOptions,
  preloadFor,
  say,
} from './stage.js';

/** A job, and whether each day that passes has a run of its own. */
export interface NightJob {
  name: string;
  isDaily: boolean;
}

/** A database of members who have lived for years, and a server that does what each night brings. */
export interface NightStage {
  admin: pg.Client;
  environment: Environment;
  engine: Engine;
  postmaster: number;
  jobs: readonly NightJob[];
  close(): Promise<void>;
}

/** Over how many days each member is due once, how many come due each day, and how old points get. */
export interface Density {
  days: number;
  membersADay: number;
  expiryMonths: number;
}

const YEAR_DAYS = 365;
const LOTS = 10;

/** Each lot of ten, and each anniversary, on a day of its own; so long that the first are due next. */
function courseOf({ days, expiryMonths }: Density): Course {
  const until = YEAR_DAYS + (YEAR_DAYS * expiryMonths) / 12;
  return {
    lives: days,
    enrolDays: days,
    purchases: LOTS,
    // Points for a tier, or nearly.
    amounts: [18_000, 42_000, 12_000],
    buyFrom: YEAR_DAYS,
    buyUntil: YEAR_DAYS + 3 * days,
    tellFrom: until - TOLD_DAYS - 1,
    until,
  };
}

/** Sets it in a folder of its own, and clears it away when anything fails. */
export async function setNightStage(density: Density, profile?: string): Promise<NightStage> {
  return inDen('nights', async (den) => build(density, den, profile));
}

async function build(
  density: Density,
  { folder, atEnd, close }: Den,
  profile: string | undefined,
): Promise<NightStage> {
  const dataDir = join(folder, 'data');
  const settings = {
    ...databaseSettings,
    maintenance_work_mem: '1GB',
    ...preloadFor(profile),
  };
  const database = await startEmbedded({ dataDir, log: say, settings });
  atEnd(() => database.stop());
  const environment = { ...environmentOf(database, dataDir), TEST_CLOCK: 'on' };
  await fealty(['migrate'], environment);
  const admin = new pg.Client({ connectionString: inDatabase(database.adminUrl, 'fealty') });
  admin.on('error', () => undefined);
  await admin.connect();
  atEnd(() => admin.end());
  const jobs = await populate(admin, environment, density);
  await admin.query(
    `INSERT INTO job_states (job, paused_at, paused_by)
     SELECT job, clock_timestamp(), 'bench' FROM unnest($1::text[]) job
         ON CONFLICT (job) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by`,
    [jobs.map(({ name }) => name)],
  );
  if (profile !== undefined) await admin.query('CREATE EXTENSION pg_stat_statements');
  const engine = await startEngine({ ...environment, JOBS: 'on' }, nodeOptions(profile));
  atEnd(() => engine.stop());
  const postmaster = parseInt(readFileSync(join(dataDir, 'pgdata', 'postmaster.pid'), 'utf8'), 10);
  return { admin, environment, engine, postmaster, jobs, close };
}

/** Some live through it by themselves, and the rest are copies of them; then come the days' heads. */
async function populate(
  admin: pg.Client,
  environment: Environment,
  density: Density,
): Promise<NightJob[]> {
  const began = performance.now();
  const told = (what: string): void => {
    say(`${what} after ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  };
  return withEngine(parseSettings(environment), async (engine) => {
    const { days, membersADay, expiryMonths } = density;
    const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'bench' };
    await engine.get(ProgrammesService).publish(nightsProgramme(expiryMonths), published);
    say(`${days * membersADay} members, of whom ${membersADay} are due each day`);
    const ids = await live(engine, courseOf(density));
    told(`${ids.length} have lived`);
    await tellAll(admin);
    if (membersADay > 1) await copyMembers(admin, ids, membersADay - 1);
    told('the others are copies of them');
    await engine.get(HeadsService).catchUp();
    await admin.query('VACUUM (ANALYZE) daily_heads');
    told('each day has its heads');
    return engine
      .get(JobRegistry)
      .all()
      .map(({ name, schedule }) => ({ name, isDaily: 'minuteOfDay' in schedule }));
  });
}
