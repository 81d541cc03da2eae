import { footprintOf, readTables, readWal } from '../measures/footprint.js';
import { checkLedger, readTotals } from '../measures/invariants.js';
import type { LoadResult } from '../load/task.js';
import { median, type Outcome } from '../measures/outcome.js';
import type { Cpu } from '../measures/process-facts.js';
import type { Stage } from '../stage/stage.js';

export const CONNECTIONS = 64;
const WARM_UP_SECONDS = 3;
/** A session that has nothing more to do reports its last statistics after ten seconds. */
const STATISTICS_LAG_SECONDS = 10.5;

interface Rounds {
  results: LoadResult[];
  anchorRates: number[];
  anchorLatencies: number[];
  walBytes: number;
  cpu: Cpu | undefined;
}

/** Single purchases over HTTP, uniform over all members, beside pgbench; then one connection. */
export async function accruals(stage: Stage): Promise<Outcome> {
  const { admin, load } = stage;
  const before = await readTotals(admin);
  const tablesBefore = await readTables(admin);
  const warm = await load({
    kind: 'accrue',
    connections: CONNECTIONS,
    seconds: WARM_UP_SECONDS,
  });
  await stage.afterWarmUp();
  const rounds = await measure(stage);
  const alone = await load({ kind: 'accrue', connections: 1, seconds: stage.options.seconds / 2 });
  const all = [warm, ...rounds.results, alone];
  const sum = (of: (result: LoadResult) => number): number =>
    all.reduce((total, result) => total + of(result), 0);
  await checkLedger(admin, before, {
    accruals: sum(({ acknowledged }) => acknowledged),
    points: sum(({ points }) => points),
    holds: 0,
    captures: 0,
  });
  const tablesAfter = await readTables(admin, STATISTICS_LAG_SECONDS);
  const pieces = rounds.results.reduce((total, { acknowledged }) => total + acknowledged, 0);
  return {
    comparisons: comparisons(rounds, alone),
    notes: notes(rounds),
    footprint: footprintOf(tablesBefore, tablesAfter, {
      accruals: sum(({ acknowledged }) => acknowledged),
      walBytes: rounds.walBytes / pieces,
    }),
    ...(rounds.cpu === undefined ? {} : { cpuPerPiece: perPiece(rounds.cpu, pieces) }),
  };
}

async function measure({ options, pgbench, load, admin, cpu }: Stage): Promise<Rounds> {
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
    rounds.results.push(await load({ kind: 'accrue', connections: CONNECTIONS, seconds }));
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
