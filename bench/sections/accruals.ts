import { footprintOf, readTables, readWal } from '../measures/footprint.js';
import { bought, checkLedger, readTotals } from '../measures/invariants.js';
import type { LoadResult } from '../load/task.js';
import { median, type Outcome } from '../measures/outcome.js';
import type { Cpu } from '../measures/process-facts.js';
import type { Stage } from '../stage/stage.js';

export const CONNECTIONS = 64;
const WARM_UP_SECONDS = 3;
/** A session that has nothing more to do reports its last statistics after ten seconds. */
const STATISTICS_LAG_SECONDS = 10.5;

/** So many seconds of single purchases over HTTP, uniform over all members. */
export const purchases = async (
  { load }: Stage,
  seconds: number,
  connections = CONNECTIONS,
): Promise<LoadResult> => load({ kind: 'accrue', connections, seconds });

/** The same before anything is measured. */
export async function warmUp(stage: Stage): Promise<LoadResult> {
  const warm = await purchases(stage, WARM_UP_SECONDS);
  await stage.afterWarmUp();
  return warm;
}

interface Rounds {
  results: LoadResult[];
  anchorRates: number[];
  anchorLatencies: number[];
  walBytes: number;
  cpu: Cpu | undefined;
}

/** Single purchases over HTTP, uniform over all members, beside pgbench; then one connection. */
export async function accruals(stage: Stage): Promise<Outcome> {
  const { admin } = stage;
  const before = await readTotals(admin);
  const tablesBefore = await readTables(admin);
  const warm = await warmUp(stage);
  const rounds = await measure(stage);
  const alone = await purchases(stage, stage.options.seconds / 2, 1);
  const all = [warm, ...rounds.results, alone];
  const acknowledged = bought(all);
  await checkLedger(admin, before, acknowledged);
  const tablesAfter = await readTables(admin, STATISTICS_LAG_SECONDS);
  const { accruals: pieces } = bought(rounds.results);
  return {
    comparisons: comparisons(rounds, alone),
    notes: notes(rounds),
    footprint: footprintOf(tablesBefore, tablesAfter, {
      accruals: acknowledged.accruals,
      walBytes: rounds.walBytes / pieces,
    }),
    ...(rounds.cpu === undefined ? {} : { cpuPerPiece: perPiece(rounds.cpu, pieces) }),
  };
}

async function measure(stage: Stage): Promise<Rounds> {
  const { options, pgbench, admin, cpu } = stage;
  const rounds: Rounds = {
    results: [],
    anchorRates: [],
    anchorLatencies: [],
    walBytes: 0,
    cpu: undefined,
  };
  const { seconds } = options;
  for (let round = 0; round < options.rounds; round++) {
    const anchor = await pgbench?.tpcb(seconds);
    if (anchor !== undefined) {
      rounds.anchorRates.push(anchor.perSecond);
      rounds.anchorLatencies.push(anchor.averageLatency);
    }
    const wal = await readWal(admin);
    const start = cpu();
    rounds.results.push(await purchases(stage, seconds));
    rounds.walBytes += (await readWal(admin)) - wal;
    const end = cpu();
    if (start !== undefined && end !== undefined) rounds.cpu = added(rounds.cpu, start, end);
  }
  return rounds;
}

function added(sum: Cpu | undefined, start: Cpu, end: Cpu): Cpu {
  return {
    engine: (sum?.engine ?? 0) + end.engine - start.engine,
    postgres: (sum?.postgres ?? 0) + end.postgres - start.postgres,
    generator: (sum?.generator ?? 0) + end.generator - start.generator,
  };
}

function perPiece({ engine, postgres, generator }: Cpu, pieces: number): Cpu {
  const micros = (seconds: number): number => (seconds * 1e6) / pieces;
  return { engine: micros(engine), postgres: micros(postgres), generator: micros(generator) };
}

function comparisons(
  { results, anchorRates, anchorLatencies }: Rounds,
  alone: LoadResult,
): Outcome['comparisons'] {
  return [
    {
      name: `accruals, ${CONNECTIONS} connections`,
      unit: '/s',
      ours: results.map(({ inTime, seconds }) => inTime / seconds),
      anchorName: 'TPC-B-like',
      anchor: anchorRates,
      goal: { kind: 'least', value: 1.2, stretch: 2 },
    },
    {
      name: 'their p99',
      unit: 'ms',
      ours: results.map(({ latency }) => latency.p99),
      anchorName: 'TPC-B-like average',
      anchor: anchorLatencies,
      goal: { kind: 'most', value: 6 },
    },
    {
      name: 'accruals, 1 connection, p50',
      unit: 'ms',
      ours: [alone.latency.p50],
      anchorName: undefined,
      anchor: [],
      goal: { kind: 'most', value: 5 },
    },
  ];
}

function notes({ results }: Rounds): string[] {
  const of = (read: (latency: LoadResult['latency']) => number): string =>
    median(results.map(({ latency }) => read(latency))).toFixed(1);
  return [
    `accrual latency at ${CONNECTIONS} connections: p50 ${of(({ p50 }) => p50)} ms, ` +
      `p95 ${of(({ p95 }) => p95)} ms, p99 ${of(({ p99 }) => p99)} ms`,
  ];
}
