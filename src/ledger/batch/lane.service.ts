import type { DataSource } from 'typeorm';
import { DomainError } from '../../platform/http/domain-error.js';
import type { Registry } from './batch.queries.js';
import { runBatch, type Circumstances, type Result } from './batch.service.js';
import { keyIdentity, referenceIdentity } from './claims.queries.js';
import type { Command, Posted } from '../command.js';
import { refill } from '../limits/refill.queries.js';
import { decideInRounds, type Rooms } from '../limits/rounds.js';
import { KeptConnection } from './connection.service.js';
import { heldUp, overloaded, requestInFlight, unavailable } from '../ledger.errors.js';

interface Waiting {
  command: Command;
  resolve: (posted: Posted) => void;
  reject: (error: Error) => void;
  /** Ends the wait for the request that has the same key. */
  giveUp?: NodeJS.Timeout;
}

/** Milliseconds that a request waits for one with the same key to be answered. */
const SAME_KEY_MS = 2_000;

/** The same for one that has waited for a lock before, in a batch that was then taken apart. */
const ONCE_MORE_MS = 50;

export interface LaneLimits {
  /** Commands in one transaction at most. */
  batchMax: number;
  /** Commands waiting at most; more are told to come back. */
  queueMax: number;
}

/**
 * One connection and one queue. A command that finds the lane free goes at once; while a batch is
 * in flight the next one gathers. No timer: waiting on purpose was measured slower.
 */
export class Lane {
  private waiting: Waiting[] = [];
  /** Keys and references of the batch in flight. */
  private underWay: ReadonlySet<string> = new Set();
  private running = false;
  private readonly connection: KeptConnection;

  constructor(
    dataSource: DataSource,
    private readonly registry: Registry,
    private readonly limits: LaneLimits,
  ) {
    this.connection = new KeptConnection(dataSource);
  }

  async submit(command: Command): Promise<Posted> {
    if (this.waiting.length >= this.limits.queueMax) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { command, resolve, reject };
      this.waiting.push(waiting);
      const key = keyIdentity(command);
      if (key !== undefined && this.underWay.has(key)) this.limitWait(waiting);
      if (!this.running) void this.drain();
    });
  }

  async close(): Promise<void> {
    while (this.running) await new Promise((resolve) => setImmediate(resolve));
    await this.connection.giveUp();
  }

  /** The next batch is sent before the answers of the last one are given out. */
  private async drain(): Promise<void> {
    this.running = true;
    let batch = this.gather();
    let results = this.run(batch);
    while (batch.length > 0) {
      const done = batch;
      const outcome = await results;
      // What waits behind a lost command may depend on it, so it is turned away as well: whoever
      // retries in order finds nothing done out of order. The same for members of one in flight.
      if (outcome.some(isUnavailable)) this.turnAway(unavailable, () => true);
      if (outcome.some(isInFlight)) {
        const members = membersInFlight(done, outcome);
        this.turnAway(heldUp, ({ command }) => command.memberIds.some((id) => members.has(id)));
      }
      batch = this.gather();
      results = this.run(batch);
      settle(done, outcome);
    }
    this.running = false;
  }

  /**
   * Takes what is waiting, in order. A second command with the same key or reference waits for the
   * next batch, where the first one's outcome is known.
   */
  private gather(): Waiting[] {
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    const identities = new Set<string>();
    for (const each of this.waiting) {
      const own = [keyIdentity(each.command), referenceIdentity(each.command)].filter(
        (identity) => identity !== undefined && each.command.dryRun !== true,
      ) as string[];
      const isRepeated = own.some((identity) => identities.has(identity));
      if (isRepeated) this.limitWait(each);
      if (isRepeated || taken.length >= this.limits.batchMax) {
        left.push(each);
        continue;
      }
      clearTimeout(each.giveUp);
      for (const identity of own) identities.add(identity);
      taken.push(each);
    }
    this.waiting = left;
    this.underWay = identities;
    return taken;
  }

  /** What waits for the answer to another request with its key does not wait for ever. */
  private limitWait(waiting: Waiting): void {
    waiting.giveUp ??= setTimeout(() => {
      this.waiting = this.waiting.filter((each) => each !== waiting);
      waiting.reject(requestInFlight());
    }, SAME_KEY_MS);
  }

  private async run(batch: readonly Waiting[]): Promise<Result[]> {
    if (batch.length === 0) return [];
    const commands = batch.map(({ command }) => command);
    return decideInRounds<Result>(commands, {
      decide: (those, rooms) => this.decide(those, rooms),
      refill: (limit, bucket, amount) => this.refill(limit, bucket, amount),
      faultOf: (error) => (isConnectionFault(error) ? unavailable() : faultOf(error)),
    });
  }

  private async decide(commands: readonly Command[], rooms: Rooms): Promise<Result[]> {
    try {
      return await runBatch(await this.connection.tx(), commands, this.registry, { rooms });
    } catch (error) {
      await this.connection.giveUp();
      if (isConnectionFault(error)) return commands.map(() => unavailable());
      if (commands.length === 1) return [faultOf(error)];
      return this.oneByOne(commands, {
        rooms,
        patienceMs: isInFlight(error) ? ONCE_MORE_MS : undefined,
      });
    }
  }

  private async refill(limit: string, bucket: number, amount: number): Promise<number> {
    try {
      const tx = await this.connection.tx();
      return await refill(tx, this.registry.programmes, limit, { bucket, amount });
    } catch (error) {
      await this.connection.giveUp();
      throw error;
    }
  }

  /** One poisonous command must not take its neighbours down with it, unless it is lost. */
  private async oneByOne(
    commands: readonly Command[],
    circumstances: Circumstances,
  ): Promise<Result[]> {
    const results: Result[] = [];
    const inFlight = new Set<string>();
    for (const command of commands) {
      const isBehind = command.memberIds.some((memberId) => inFlight.has(memberId));
      if (isBehind || results.some(isUnavailable)) {
        results.push(isBehind ? heldUp() : unavailable());
        continue;
      }
      try {
        const tx = await this.connection.tx();
        const [result] = await runBatch(tx, [command], this.registry, circumstances);
        results.push(result ?? unavailable());
      } catch (error) {
        await this.connection.giveUp();
        if (isInFlight(error)) command.memberIds.forEach((memberId) => inFlight.add(memberId));
        results.push(isConnectionFault(error) ? unavailable() : faultOf(error));
      }
    }
    return results;
  }

  private turnAway(why: () => Error, isBehind: (waiting: Waiting) => boolean): void {
    const behind = this.waiting.filter(isBehind);
    this.waiting = this.waiting.filter((each) => !isBehind(each));
    for (const { reject, giveUp } of behind) {
      clearTimeout(giveUp);
      reject(why());
    }
  }
}

function settle(batch: readonly Waiting[], results: readonly Result[]): void {
  batch.forEach(({ resolve, reject }, index) => {
    const result = results[index];
    if (result !== undefined && 'postings' in result) resolve(result);
    else reject(result ?? unavailable());
  });
}

const isUnavailable = (result: Result): boolean =>
  result instanceof DomainError && result.code === 'unavailable';

const isInFlight = (result: unknown): boolean =>
  result instanceof DomainError && result.code === 'request_in_flight';

const membersInFlight = (batch: readonly Waiting[], results: readonly Result[]): Set<string> =>
  new Set(batch.flatMap(({ command }, at) => (isInFlight(results[at]) ? command.memberIds : [])));

/** SQLSTATE classes and socket errors after which nothing is known about the transaction. */
function isConnectionFault(error: unknown): boolean {
  if (error instanceof DomainError) return false;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : '';
  return (
    /^(08|57P|53|ECONN|EPIPE|ETIMEDOUT)/.test(code) ||
    /Connection terminated|connection error|Client was closed|not queryable|timeout exceeded/i.test(
      message,
    )
  );
}

/** A lock not had in time is the neighbour's doing: try again. Anything else is our fault. */
function faultOf(error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (['55P03', '40P01', '40001', '57014'].includes(code)) return unavailable();
  return error instanceof Error ? error : new Error(String(error));
}
