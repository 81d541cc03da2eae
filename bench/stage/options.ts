import { parseArgs } from 'node:util';

const usually = ['accruals', 'bulk', 'balance', 'hot', 'usual', 'redemptions'] as const;
/** Has to be asked for, as `all` is about the write path by itself. */
const BESIDE_AUDIT = 'beside-audit';
export const sectionNames = [...usually, BESIDE_AUDIT] as const;
export type SectionName = (typeof sectionNames)[number];

/** Has a database of its own, and is no part of `all`. */
const NIGHTS = 'nights';
/** Needs neither a database nor members. */
const AUDIT = 'audit';
const HISTORY = 'history';

export interface Options {
  sections: readonly SectionName[];
  /** Whether nights are measured. */
  nights: boolean;
  /** Whether the audit of a programme is. */
  audit: boolean;
  /** Whether the replay of a history is. */
  history: boolean;
  members: number;
  rounds: number;
  /** Seconds of each half of a round of single accruals; other sections take half of it. */
  seconds: number;
  pgbenchScale: number;
  pgbenchProtocol: string;
  /** Recompute every balance with `fealty verify` however long it takes. */
  verify: boolean;
  /** A folder for a processor profile of the engine and the costliest statements. */
  profile: string | undefined;
}

const USAGE = `npm run bench -- [${sectionNames.join('|')}|all|${NIGHTS}|${AUDIT}|${HISTORY} ...] [options]
  --members <n>            members to generate (100000; --quick 20000)
  --rounds <n>             interleaved rounds (5; --quick 2)
  --seconds <s>            of each half of a round (10; --quick 2)
  --pgbench-scale <n>      scale of the anchor (50)
  --pgbench-protocol <p>   simple, extended or prepared (simple)
  --verify                 run fealty verify even when there is much to read
  --profile <folder>       write a processor profile of the engine and the costliest statements
  --quick                  about a minute: a smoke test, not a measurement`;

/** Reads the command line; throws an error that says how to use it. */
export function optionsFrom(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      members: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'pgbench-scale': { type: 'string', default: '50' },
      'pgbench-protocol': { type: 'string', default: 'simple' },
      verify: { type: 'boolean', default: false },
      profile: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const named = positionals.length === 0 ? ['all'] : positionals;
  const isKnown = (name: string): boolean =>
    [NIGHTS, AUDIT, HISTORY, 'all'].includes(name) || sectionNames.some((n) => n === name);
  if (!named.every(isKnown)) throw new Error(USAGE);
  const usual = values.quick
    ? { members: 20_000, rounds: 2, seconds: 2 }
    : { members: 100_000, rounds: 5, seconds: 10 };
  return {
    sections: sectionNames.filter(
      (name) => (named.includes('all') && name !== BESIDE_AUDIT) || named.includes(name),
    ),
    nights: named.includes(NIGHTS),
    audit: named.includes(AUDIT),
    history: named.includes(HISTORY),
    members: positive(values.members, usual.members),
    rounds: positive(values.rounds, usual.rounds),
    seconds: positive(values.seconds, usual.seconds),
    pgbenchScale: positive(values['pgbench-scale'], 50),
    pgbenchProtocol: values['pgbench-protocol'],
    verify: values.verify,
    profile: values.profile,
  };
}

function positive(text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(USAGE);
}
