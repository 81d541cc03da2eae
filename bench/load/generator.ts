/**
 * The load generator: a process of its own that keeps a number of connections busy for a time,
 * reads every answer and sends back what it saw. Started by `generator-process.ts`.
 */
import { Buffer } from 'node:buffer';
import { memberIds } from '../subject/members.js';
import { Connection, type Answer } from './connection.js';
import type { LoadResult, Task } from './task.js';
import { accruals, balances, bulk, funding, redemptions, type Workload } from './workloads.js';

const workloads = { accrue: accruals, bulk, balance: balances, redeem: redemptions, fund: funding };
const ANSWER_WITHIN_MS = 30_000;
let ids: Buffer = Buffer.alloc(0);

async function run(task: Task): Promise<LoadResult> {
  if (ids.length !== task.members * 36) ids = memberIds(task.members);
  const load = new Load(task);
  await load.open();
  return await load.run();
}

class Load {
  private readonly latencies: number[] = [];
  private readonly firstFaults: string[] = [];
  private readonly sum = { inTime: 0, acknowledged: 0, points: 0, holds: 0, captures: 0 };
  private refused = 0;
  private faults = 0;
  private deadline = 0;
  private busy = 0;
  private done: () => void = () => undefined;
  private readonly lanes: Lane[];

  constructor(private readonly task: Task) {
    this.lanes = Array.from({ length: task.connections }, () => this.lane());
  }

  async open(): Promise<void> {
    await Promise.all(this.lanes.map(({ connection }) => connection.open()));
  }

  async run(): Promise<LoadResult> {
    const started = performance.now();
    this.deadline = started + this.task.seconds * 1_000;
    const finished = new Promise<void>((resolve) => (this.done = resolve));
    this.busy = this.lanes.length;
    for (const lane of this.lanes) send(lane);
    const watch = setTimeout(
      () => {
        this.fail('a request was not answered in time');
        this.done();
      },
      this.task.seconds * 1_000 + ANSWER_WITHIN_MS,
    );
    await finished;
    clearTimeout(watch);
    const elapsed = (performance.now() - started) / 1_000;
    for (const { connection } of this.lanes) connection.close();
    return {
      ...this.sum,
      refused: this.refused,
      faults: this.faults,
      firstFaults: this.firstFaults,
      seconds: this.task.seconds,
      elapsed,
      latency: percentiles(this.latencies),
    };
  }

  private lane(): Lane {
    const lane: Lane = {
      work: workloads[this.task.kind](this.task, ids),
      sentAt: 0,
      connection: new Connection(
        this.task.port,
        (answer) => {
          this.take(lane, answer);
        },
        (error) => {
          this.fail(error.message);
          this.rest();
        },
      ),
    };
    return lane;
  }

  private take(lane: Lane, answer: Answer): void {
    const now = performance.now();
    const meaning = lane.work.read(answer);
    if (meaning.fault !== undefined) this.fail(meaning.fault);
    this.refused += meaning.refused;
    this.sum.acknowledged += meaning.acknowledged;
    this.sum.points += meaning.points;
    this.sum.holds += meaning.holds;
    this.sum.captures += meaning.captures;
    if (meaning.isLast === true) {
      this.rest();
    } else if (now <= this.deadline) {
      this.sum.inTime += meaning.pieces;
      this.latencies.push(now - lane.sentAt);
      send(lane);
    } else if (meaning.holds > 0) {
      // What is held when the time is up is still captured.
      send(lane);
    } else {
      this.rest();
    }
  }

  private fail(text: string): void {
    this.faults += 1;
    if (this.firstFaults.length < 3) this.firstFaults.push(text);
  }

  private rest(): void {
    this.busy -= 1;
    if (this.busy === 0) this.done();
  }
}

interface Lane {
  connection: Connection;
  work: Workload;
  sentAt: number;
}

function send(lane: Lane): void {
  const bytes = lane.work.next();
  lane.sentAt = performance.now();
  lane.connection.send(bytes);
}

function percentiles(latencies: number[]): LoadResult['latency'] {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  const mean = sorted.reduce((sum, each) => sum + each, 0) / sorted.length;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? NaN, mean };
}

process.on('message', (task: Task) => {
  run(task).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
