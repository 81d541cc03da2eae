import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf } from '../ledger/address.js';
import type { EffectWriter, Tx, WrittenDraft } from '../ledger/command.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { standingWhy } from '../ledger/review.js';
import { rowsOf } from '../platform/database/columns.js';
import type { Standing } from '../rules/outcome.js';
import type { StoredStep } from './keeping.js';

const steps = rowsOf<{ bucket: number; memberId: string; standing: Standing }>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  from_seq: ['int4', ({ standing }) => standing.fromSeq],
  tier: ['text', ({ standing }) => standing.tier],
  why: ['json', ({ standing }) => standingWhy(standing)],
});

/** The tier history of members: one row from each posting that changed a tier, or reviewed it. */
@Injectable()
export class StandingsQueries implements EffectWriter, OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(LedgerQueries) private readonly ledgerQueries: LedgerQueries,
  ) {}

  onModuleInit(): void {
    this.ledger.register({ effectWriter: this });
  }

  write(tx: Tx, written: readonly WrittenDraft[]): Promise<unknown> | undefined {
    const rows = written.flatMap(({ bucket, memberId, draft: { standing } }) =>
      standing === undefined ? [] : [{ bucket, memberId, standing }],
    );
    if (rows.length === 0) return undefined;
    return tx.query({
      name: 'insert-standings',
      text: `INSERT INTO standings (${steps.names}) SELECT ${steps.names} FROM ${steps.source}`,
      values: steps.values(rows),
    });
  }

  /** Every tier change and review of a member, the newest 50, newest first. */
  async history(memberId: string): Promise<StoredStep[]> {
    const rows = await this.dataSource.query<
      { from_seq: number; tier: string; why: Standing['why'] }[]
    >(
      `SELECT from_seq, tier, why FROM standings
        WHERE bucket = $1 AND member_id = $2 ORDER BY from_seq DESC LIMIT 50`,
      [bucketOf(memberId), memberId],
    );
    const occurred = await this.ledgerQueries.occurrences(
      memberId,
      rows.map(({ from_seq }) => from_seq),
    );
    return rows.map(({ from_seq, tier, why }) => {
      const at = occurred.get(from_seq);
      if (at === undefined) throw new Error('invariant: a step of a standing has its posting');
      return { fromPosting: from_seq, at, tier, why };
    });
  }
}
