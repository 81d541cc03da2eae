import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import type { ProgrammeBook, Who } from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { DomainError } from '../platform/http/domain-error.js';
import { DAY_MS } from '../rules/period.js';
import type { Programme } from '../rules/programme.js';
import { withNewer } from './compile/versions.js';
import { isInForce, type Pilot } from './pilots/pilot.js';
import { readPilots } from './pilots/pilots.queries.js';
import { ProgrammeVersion } from './programme-version.entity.js';

/**
 * Milliseconds between two looks for new versions. Less than the notice a version is published
 * with, so that every replica knows a version before it starts, however quiet its ledger is.
 */
const LOOK_MS = 2_000;

/**
 * The published versions, compiled and in memory. Versions never change, so refreshing only adds;
 * `no` and `effectiveAt` rise together, so the list is in both orders.
 */
@Injectable()
export class ProgrammeBookService implements ProgrammeBook, OnModuleInit, OnModuleDestroy {
  private versions: readonly Programme[] = [];
  private pilots: ReadonlyMap<number, Pilot> = new Map();
  private answers = new Map<unknown, unknown>();
  private running: Promise<void> | undefined;
  private waiting: Promise<void> | undefined;
  private looking: NodeJS.Timeout | undefined;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerService) private readonly ledger: LedgerService,
  ) {}

  async onModuleInit(): Promise<void> {
    this.ledger.register({ programmes: this });
    await this.refresh();
    // A look that fails is made good by the next one, and by every batch.
    this.looking = setInterval(() => void this.refresh().catch(() => undefined), LOOK_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.looking);
    await this.running?.catch(() => undefined);
  }

  /** Number of the newest version in memory, which may start in the future; 0 = none. */
  get newestNo(): number {
    return this.versions.at(-1)?.no ?? 0;
  }

  get revision(): number {
    const ended = [...this.pilots.values()].filter(({ end }) => end !== undefined);
    return this.newestNo + ended.length;
  }

  get lookBackMs(): number {
    const back = this.versions.map(({ groups, returnWindowDays, lapsedDays }) => {
      const coolDowns = groups.map(({ coolDownMs }) => coolDownMs);
      return Math.max(lapsedDays * DAY_MS, ...coolDowns) + (returnWindowDays + 2) * DAY_MS;
    });
    return Math.max(0, ...back);
  }

  /**
   * Reads versions published since. A caller that comes during a read may know of a version that
   * the read is too early to see, so all such callers share one further read.
   */
  async refresh(): Promise<void> {
    if (this.running === undefined) {
      this.running = this.load().finally(() => {
        this.running = undefined;
      });
      return this.running;
    }
    this.waiting ??= this.running
      .catch(() => undefined)
      .then(async () => {
        this.waiting = undefined;
        return this.refresh();
      });
    return this.waiting;
  }

  /** The version in force at an instant, in milliseconds since 1970 UTC. */
  at(instant: number, who?: Who): Programme | undefined {
    return this.versions.findLast(
      ({ no, effectiveAt }) =>
        effectiveAt <= instant && isInForce(this.pilots.get(no), instant, who),
    );
  }

  begunBy(instant: number): readonly Programme[] {
    return this.versions.filter(({ effectiveAt }) => effectiveAt <= instant);
  }

  /** What is asked of all versions, worked out once for as long as there is no other. */
  ofAll<Answer>(ask: (versions: readonly Programme[]) => Answer): Answer {
    if (!this.answers.has(ask)) this.answers.set(ask, ask(this.versions));
    return this.answers.get(ask) as Answer;
  }

  /**
   * The version of a number, whether or not it has started. One that another replica published a
   * moment ago may not be known here yet; a client that tries again will find it.
   */
  version(no: number): Programme {
    const programme = this.versions[no - 1];
    if (programme !== undefined) return programme;
    throw new DomainError('unavailable', `Version ${String(no)} is not known here yet. Retry.`);
  }

  /** The version in force now, by the database's clock, read anew if another replica has more. */
  async inForce(): Promise<Programme> {
    const [row] = await this.dataSource.query<{ now: Date; revision: number }[]>(
      `SELECT programme_now() AS now,
              (SELECT coalesce(max(no), 0) FROM programme_versions)
              + (SELECT count(*) FROM programme_pilot_ends)::int AS revision`,
    );
    if (row === undefined) throw new Error('invariant: the database tells the time');
    if (row.revision > this.revision) await this.refresh();
    const programme = this.at(row.now.getTime());
    if (programme !== undefined) return programme;
    throw new DomainError('no_programme', 'No programme version is in force.');
  }

  private async load(): Promise<void> {
    const rows = await this.dataSource.getRepository(ProgrammeVersion).find({
      where: { no: MoreThan(this.newestNo) },
      order: { no: 'ASC' },
    });
    // After the versions, so that none is known without whom it is for.
    const pilots = await readPilots(this.dataSource.manager);
    this.pilots = pilots;
    this.versions = withNewer(this.versions, rows);
    this.answers = new Map();
  }
}
