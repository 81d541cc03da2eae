/**
 * Who keeps the server of a data folder: the one process that starts it, and stops it in the end.
 *
 * Node has no file locks that vanish with their process, and a plain lock file cannot be taken
 * from a dead process without a race. So keepers take turns: `keeper-1.json`, `keeper-2.json`, …
 * The highest turn is the keeper. A turn is taken by linking the next file, which succeeds once;
 * the highest file is never removed, only superseded.
 */
import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { birthOf, codeOf, isRunning } from './process.launcher.js';

const TURN = /^keeper-(\d{1,12})\.json$/;
const STATES = ['starting', 'ready', 'stopping', 'released'] as const;

/** Where a keeper stands; only a `ready` one has a server for others to attach to. */
export type KeeperState = (typeof STATES)[number];

/** The latest turn. `pid` is 0 before the very first one. */
export interface Keeper {
  readonly turn: number;
  readonly pid: number;
  readonly state: KeeperState;
  /** True while the process that took the turn runs and has not released it. */
  readonly isKeeping: boolean;
}

/** The right to start and stop the server in a folder. */
export interface Claim {
  readonly folder: string;
  readonly turn: number;
}

/** Reads the latest turn. */
export async function latestKeeper(folder: string): Promise<Keeper> {
  for (;;) {
    const turn = await latestTurn(folder);
    if (turn === 0) return { turn, pid: 0, state: 'released', isKeeping: false };
    try {
      return { turn, ...parseKeeper(await readFile(fileOf({ folder, turn }), 'utf8')) };
    } catch (error) {
      // A later keeper has just cleared it away: look again.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

/** Takes the turn after the given one, or returns undefined when another process was quicker. */
export async function takeTurn(folder: string, after: Keeper): Promise<Claim | undefined> {
  const claim = { folder, turn: after.turn + 1 };
  const draft = await writeDraft(claim, 'starting');
  try {
    await link(draft, fileOf(claim));
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  if (await holds(claim)) {
    await clearEarlier(claim);
    return claim;
  }
  // The turn had been taken, superseded and cleared away since we looked.
  await rm(fileOf(claim), { force: true });
  return undefined;
}

/** Tells other processes where the keeper stands. */
export async function announce(claim: Claim, state: KeeperState): Promise<void> {
  await rename(await writeDraft(claim, state), fileOf(claim));
}

/** False once another process took over, which it may when it finds our server dead. */
export async function holds(claim: Claim): Promise<boolean> {
  return (await latestTurn(claim.folder)) === claim.turn;
}

async function latestTurn(folder: string): Promise<number> {
  const turns = (await readdir(folder)).map((name) => Number(TURN.exec(name)?.[1] ?? 0));
  return Math.max(0, ...turns);
}

async function clearEarlier(claim: Claim): Promise<void> {
  for (const name of await readdir(claim.folder)) {
    const turn = Number(TURN.exec(name)?.[1] ?? claim.turn);
    if (turn < claim.turn) await rm(join(claim.folder, name), { force: true });
  }
}

async function writeDraft(claim: Claim, state: KeeperState): Promise<string> {
  const draft = `${fileOf(claim)}.${randomUUID()}`;
  const pid = state === 'released' ? 0 : process.pid;
  await writeFile(draft, `${JSON.stringify({ pid, birth: birthOf(pid), state })}\n`);
  return draft;
}

function parseKeeper(text: string): Omit<Keeper, 'turn'> {
  const { pid, birth, state } = JSON.parse(text) as Record<'pid' | 'birth' | 'state', unknown>;
  if (typeof pid !== 'number') throw new Error(`A keeper file names no process: ${text}`);
  const isSame = birth === '' || birthOf(pid) === '' || birthOf(pid) === birth;
  return {
    pid,
    state: STATES.find((known) => known === state) ?? 'released',
    isKeeping: state !== 'released' && pid > 0 && isRunning(pid) && isSame,
  };
}

function fileOf({ folder, turn }: Claim): string {
  return join(folder, `keeper-${turn}.json`);
}
