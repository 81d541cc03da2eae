import { setTimeout as pause } from 'node:timers/promises';
import type { LoadResult } from '../load/task.js';
import { bought, checkLedger, readTotals } from '../measures/invariants.js';
import { median, type Comparison, type Outcome } from '../measures/outcome.js';
import { fealty } from '../stage/engine-process.js';
import type { Stage } from '../stage/stage.js';
import { largeProgramme } from '../subject/large-programme.js';
import { purchases, warmUp } from './accruals.js';

/** How often it is looked whether an audit is still under way. */
const LOOK_MS = 250;

/** An audit as the server tells of it. */
interface Audit {
  id: string;
  state: string;
  /** 1 until its thread has said how many there are. */
  parts: number;
}

/** Single purchases over HTTP, alone and while the same server audits a large programme, in turn. */
export async function besideAudit(stage: Stage): Promise<Outcome> {
  const {
    admin,
    options: { rounds, seconds },
  } = stage;
  const desk = await openDesk(stage);
  const before = await readTotals(admin);
  const warm = await warmUp(stage);
  const [alone, beside]: [LoadResult[], LoadResult[]] = [[], []];
  let audits = 0;
  for (let round = 0; round < rounds; round++) {
    alone.push(await purchases(stage, seconds));
    const auditing = await desk.keepAuditing();
    beside.push(await purchases(stage, seconds));
    audits += await auditing.end();
  }
  await checkLedger(admin, before, bought([warm, ...alone, ...beside]));
  return { comparisons: comparisons(alone, beside), notes: notes(alone, beside, audits) };
}

const rate = ({ inTime, seconds }: LoadResult): number => inTime / seconds;

function comparisons(alone: readonly LoadResult[], beside: readonly LoadResult[]): Comparison[] {
  const common = { anchorName: 'without' };
  return [
    {
      ...common,
      name: 'p99 of accruals beside an audit',
      unit: 'ms',
      ours: beside.map(({ latency }) => latency.p99),
      anchor: alone.map(({ latency }) => latency.p99),
      goal: { kind: 'most', value: 1.5 },
    },
    {
      ...common,
      name: 'accruals beside an audit',
      unit: '/s',
      ours: beside.map(rate),
      anchor: alone.map(rate),
      goal: undefined,
    },
  ];
}

function notes(
  alone: readonly LoadResult[],
  beside: readonly LoadResult[],
  audits: number,
): string[] {
  const of = (results: readonly LoadResult[], key: 'p50' | 'p95' | 'max'): string =>
    median(results.map(({ latency }) => latency[key])).toFixed(1);
  const told = (results: readonly LoadResult[]): string =>
    `p50 ${of(results, 'p50')}, p95 ${of(results, 'p95')}, at most ${of(results, 'max')} ms`;
  return [
    `without an audit ${told(alone)}; beside one ${told(beside)}`,
    `${String(audits)} audits were under way, one at a time`,
  ];
}

interface Desk {
  /** Comes once an audit is under way; from then on there is always one until it is ended. */
  keepAuditing(): Promise<{ end(): Promise<number> }>;
}

/** Somebody of the staff who asks for audits. */
async function openDesk({ engine, environment }: Stage): Promise<Desk> {
  const create = ['user', 'create', '--name', 'bench', '--role', 'marketer'];
  const token = (await fealty(create, environment)).trim();
  const url = `http://127.0.0.1:${String(engine.port)}/v1/programme/audits`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const ask = async (method: string, path = '', body?: string): Promise<Response> => {
    const answer = await fetch(`${url}${path}`, { method, headers, body: body ?? null });
    if (answer.ok || answer.status === 409) return answer;
    throw new Error(`an audit is answered ${String(answer.status)}: ${await answer.text()}`);
  };
  const begin = async (): Promise<Audit> =>
    (await (await ask('POST', '', JSON.stringify({ document: largeProgramme }))).json()) as Audit;
  const read = async ({ id }: Audit): Promise<Audit> =>
    (await (await ask('GET', `/${id}`)).json()) as Audit;
  const isUnderWay = ({ state, parts }: Audit): boolean => {
    if (state === 'failed' || state === 'cancelled') throw new Error(`an audit has ${state}`);
    return state === 'running' && parts > 1;
  };
  return {
    keepAuditing: async () => {
      let audit = await begin();
      let count = 1;
      while (!isUnderWay(audit)) {
        await pause(LOOK_MS);
        audit = await read(audit);
      }
      const over = new AbortController();
      const keeping = (async () => {
        while (!over.signal.aborted) {
          await pause(LOOK_MS);
          audit = await read(audit);
          if (audit.state !== 'done') {
            isUnderWay(audit);
            continue;
          }
          audit = await begin();
          count += 1;
        }
      })();
      return {
        end: async () => {
          over.abort();
          await keeping;
          await ask('DELETE', `/${audit.id}`);
          return count;
        },
      };
    },
  };
}
