import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Processor seconds by process since each started; only Linux tells. */
export interface Cpu {
  engine: number;
  postgres: number;
  generator: number;
}

const TICKS_PER_SECOND = 100;

interface Stat {
  parent: number;
  seconds: number;
  /** Of children that have ended. */
  childSeconds: number;
}

function statOf(pid: number | string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
    return {
      parent,
      seconds: (user + system) / TICKS_PER_SECOND,
      childSeconds: (childUser + childSystem) / TICKS_PER_SECOND,
    };
  } catch {
    return undefined;
  }
}

/** What the three sides have used so far; undefined where /proc does not tell. */
export function cpuOf(pids: {
  engine: number;
  postmaster: number;
  generator?: number;
}): Cpu | undefined {
  if (!existsSync('/proc/self/stat')) return undefined;
  const postmaster = statOf(pids.postmaster);
  let postgres = (postmaster?.seconds ?? 0) + (postmaster?.childSeconds ?? 0);
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = statOf(entry);
    if (stat?.parent === pids.postmaster) postgres += stat.seconds;
  }
  return {
    engine: statOf(pids.engine)?.seconds ?? 0,
    postgres,
    generator: pids.generator === undefined ? 0 : (statOf(pids.generator)?.seconds ?? 0),
  };
}

/** Resident memory of a process in MiB, now and at most. */
export function memoryOf(pid: number): { now: number; peak: number } | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const mebibytes = (name: string): number =>
      Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) / 1024);
    return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
  } catch {
    return undefined;
  }
}

/** Memory in MiB that the processes of a PostgreSQL have for themselves: its largest, and all. */
export function postgresMemory(postmaster: number): { largest: number; all: number } | undefined {
  if (!existsSync('/proc/self/stat')) return undefined;
  const own = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && statOf(entry)?.parent === postmaster)
    .map((entry) => ownMemoryOf(entry));
  const all = own.reduce((sum, each) => sum + each, 0);
  return { largest: Math.round(Math.max(0, ...own)), all: Math.round(all) };
}

/** What it shares with others is left out; 0 = it has ended. */
function ownMemoryOf(pid: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/RssAnon:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
