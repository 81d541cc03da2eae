import { alone, apart, night, type Alone, type Night } from './night.js';
import { median, type Outcome } from '../measures/outcome.js';
import { forgetStatements, writeStatements } from '../measures/profile.js';
import { memoryOf, postgresMemory } from '../measures/process-facts.js';
import { say } from '../stage/stage.js';
import type { Options } from '../stage/options.js';
import { setNightStage, type Density, type NightStage } from '../stage/night-stage.js';

/** Each member is due once a year, and each of their ten lots within three. */
const YEAR: Omit<Density, 'membersADay'> = { days: 365, expiryMonths: 36 };
/** As many a day, of a tenth of the members. */
const DENSE: Omit<Density, 'membersADay'> = { days: 37, expiryMonths: 12 };

/** Days that nobody ran anything: with them a 36th of the members are due, and a tenth. */
const MISSED = [10, 36];

/**
 * Whole nights: every job that is about who is due, each beside a sequential scan of the lots; then
 * nights that several days come to; then as many due members a night, but among a tenth as many.
 */
export async function nights(options: Options): Promise<Outcome> {
  const membersADay = Math.max(1, Math.round(options.members / YEAR.days));
  const many = await measured({ ...YEAR, membersADay }, options, MISSED);
  const few = await measured({ ...DENSE, membersADay }, { rounds: options.rounds }, []);
  const name = `a night, 1/${YEAR.days} due`;
  const seconds = (found: Measured): number[] => found.single.map((each) => each.seconds);
  return {
    comparisons: [
      {
        name,
        unit: 's',
        ours: seconds(many),
        anchorName: 'scan of the lots',
        anchor: many.scans,
        goal: { kind: 'most', value: 3 },
      },
      {
        name: `as many due of ${many.members}`,
        unit: 's',
        ours: seconds(many),
        anchorName: `of ${few.members}`,
        anchor: seconds(few),
        goal: { kind: 'most', value: 1.2 },
      },
    ],
    notes: [
      ...[many, few].flatMap(factsOf),
      ...[...many.single.slice(-1), ...many.missed].map(lineOf),
    ],
  };
}

interface Measured {
  members: number;
  lots: number;
  scans: number[];
  single: Night[];
  missed: Night[];
  memory: string;
  /** Jobs that read whoever is due, each by itself. */
  alone: Alone[];
}

async function measured(
  density: Density,
  { rounds, profile }: Pick<Options, 'rounds'> & Partial<Pick<Options, 'profile'>>,
  missedDays: readonly number[],
): Promise<Measured> {
  const stage = await setNightStage(density, profile);
  try {
    const lots = await scan(stage);
    // The first night warms code and caches.
    await night(stage, 1);
    if (profile !== undefined) await forgetStatements(stage.admin);
    const found: Measured = {
      members: density.days * density.membersADay,
      lots: lots.rows,
      ...{ scans: [], single: [], missed: [], alone: [], memory: '' },
    };
    for (let round = 0; round < rounds; round++) {
      found.scans.push((await scan(stage)).seconds);
      say(`scan of ${lots.rows} lots in ${(found.scans.at(-1) ?? NaN).toFixed(2)} s`);
      found.single.push(await night(stage, 1));
      say(lineOf(found.single.at(-1)));
    }
    for (const days of missedDays) {
      found.missed.push(await night(stage, days));
      say(lineOf(found.missed.at(-1)));
    }
    found.memory = memory(stage);
    if (profile !== undefined) await writeStatements(stage.admin, profile);
    for (const job of apart) found.alone.push(await alone(stage, job));
    return found;
  } finally {
    await stage.close();
  }
}

/** Reads every lot there is, with one process. */
async function scan({ admin }: NightStage): Promise<{ rows: number; seconds: number }> {
  await admin.query('SET max_parallel_workers_per_gather = 0');
  const began = performance.now();
  const { rows } = await admin.query<{ n: string }>(
    'SELECT count(*) AS n, sum(remaining) FROM lots',
  );
  return { rows: Number(rows[0]?.n), seconds: (performance.now() - began) / 1_000 };
}

function memory({ engine, postmaster }: NightStage): string {
  const own = memoryOf(engine.pid);
  const backends = postgresMemory(postmaster);
  return `engine ${own?.peak ?? '?'} MiB at most, ${own?.now ?? '?'} MiB now; PostgreSQL's largest process ${backends?.largest ?? '?'} MiB of its own, all ${backends?.all ?? '?'} MiB`;
}

const factsOf = ({ members, lots, scans, single, ...found }: Measured): string[] => [
  `${members} members, ${lots} lots: scan ${median(scans).toFixed(2)} s, night ` +
    `${median(single.map(({ seconds }) => seconds)).toFixed(2)} s; resident: ${found.memory}`,
  ...found.alone.map(
    ({ job, done, seconds }) => `${job} alone: ${done} in ${seconds.toFixed(1)} s`,
  ),
];

function lineOf(found: Night | undefined): string {
  if (found === undefined) return '';
  const { days, due, expired, noticed, seconds, jobs, engine = 0, postgres = 0 } = found;
  const each = jobs
    .filter((job) => job.done > 0 || job.seconds >= 0.1)
    .map((job) => `${job.job} ${job.done} in ${job.seconds.toFixed(2)} s`);
  const cost = ((1e6 * seconds) / Math.max(1, due + expired)).toFixed(0);
  return (
    `${days} days: ${due} reviews, points of ${expired} dates gone, ${noticed} notices in ` +
    `${seconds.toFixed(2)} s, ${cost} us a posting, of processor ${engine.toFixed(2)} s engine and ` +
    `${postgres.toFixed(2)} s PostgreSQL (${each.join(', ')})`
  );
}
