import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

import { Settings } from '../platform/config/settings.js';
import { LANES } from '../platform/database/data-source.js';
import { bucketOf } from './address.js';
import type { Registry } from './batch/batch.queries.js';
import type {
  Command,
  EffectWriter,
  FactReader,
  LimitReader,
  Posted,
  ProgrammeBook,
} from './command.js';
import { Lane } from './batch/lane.service.js';
import { firstHead } from './posting.js';

/** The one door to points: every change of points is a command submitted here. */
@Injectable()
export class LedgerService implements OnApplicationShutdown {
  private readonly registry: Registry = {
    programmes: noProgrammes,
    spendingReaders: [],
    reviewReaders: [],
    limitReaders: [],
    effectWriters: [],
  };
  private readonly lanes: Lane[];

  constructor(
    @Inject(getDataSourceToken(LANES)) dataSource: DataSource,
    @Inject(Settings) settings: Settings,
  ) {
    const limits = { batchMax: settings.batchMax, queueMax: settings.queueMax };
    this.lanes = Array.from(
      { length: settings.lanes },
      () => new Lane(dataSource, this.registry, limits),
    );
  }

  /** Modules tell the ledger at start what they read and write beside it. */
  register(parts: {
    programmes?: ProgrammeBook;
    spendingReader?: FactReader;
    reviewReader?: FactReader;
    limitReader?: LimitReader;
    effectWriter?: EffectWriter;
  }): void {
    if (parts.programmes !== undefined) this.registry.programmes = parts.programmes;
    if (parts.spendingReader !== undefined)
      this.registry.spendingReaders.push(parts.spendingReader);
    if (parts.reviewReader !== undefined) this.registry.reviewReaders.push(parts.reviewReader);
    if (parts.limitReader !== undefined) this.registry.limitReaders.push(parts.limitReader);
    if (parts.effectWriter !== undefined) this.registry.effectWriters.push(parts.effectWriter);
  }

  get programmes(): ProgrammeBook {
    return this.registry.programmes;
  }

  /**
   * Decides and writes one command, together with whatever else arrives meanwhile. Rejects with a
   * `DomainError` when it cannot be done; a business refusal is a posting of kind `refused`.
   */
  async submit(command: Command): Promise<Posted> {
    const lane = this.lanes[bucketOf(command.memberIds[0]) % this.lanes.length];
    if (lane === undefined) throw new Error('invariant: there is at least one lane');
    return lane.submit(command);
  }

  /** Opens an empty account inside the transaction that enrols the member. */
  async openAccount(tx: EntityManager, memberId: string): Promise<void> {
    await tx.query(
      `INSERT INTO accounts (bucket, member_id, version, head, points, held, owed, pending,
                             qualifying, remainder, tier)
       VALUES ($1, $2, 0, decode($3, 'hex'), 0, 0, 0, 0, 0, 0, '')`,
      [bucketOf(memberId), memberId, firstHead(memberId)],
    );
    await tx.query(
      `INSERT INTO outbox (bucket, member_id, seq)
       SELECT $1, $2, 0 WHERE EXISTS (SELECT FROM outbox_readers)`,
      [bucketOf(memberId), memberId],
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.close()));
  }
}

const noProgrammes: ProgrammeBook = {
  revision: Number.MAX_SAFE_INTEGER,
  refresh: () => Promise.resolve(),
  at: () => undefined,
  begunBy: () => [],
  version: () => {
    throw new Error('invariant: a programme book is registered before versions are asked for');
  },
  lookBackMs: 0,
};
