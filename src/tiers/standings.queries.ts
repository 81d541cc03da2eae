import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf } from '../ledger/address.js';
import type { EffectWriter, Tx, WrittenDraft } from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { rowsOf } from '../platform/database/columns.js';
import { Shown } from '../platform/openapi/view.decorator.js';
import { formatBillionths } from '../rules/points.js';
import type { Standing } from '../rules/outcome.js';

class TierReason {
  @Shown({ enum: ['threshold_reached'] })
  code: string;

  @Shown('decimal')
  qualifyingPoints: string;

  @Shown('whole')
  threshold: number;
}

export class TierStep {
  @Shown('whole', 'Number of the posting that reached the tier.')
  fromPosting: number;

  @Shown('text', 'Code of the tier.')
  tier: string;

  @Shown(TierReason)
  why: TierReason;
}

const steps = rowsOf<{ bucket: number; memberId: string; standing: Standing }>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  from_seq: ['int4', ({ standing }) => standing.fromSeq],
  tier: ['text', ({ standing }) => standing.tier],
  why: ['json', ({ standing }) => JSON.stringify(standing.why)],
});

/** The tier history of members: one row from each posting that changed a tier. */
@Injectable()
export class StandingsQueries implements EffectWriter, OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerService) private readonly ledger: LedgerService,
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

  /** Every tier change of a member, newest first. */
  async history(memberId: string): Promise<TierStep[]> {
    const rows = await this.dataSource.query<
      { fromPosting: number; tier: string; why: Standing['why'] }[]
    >(
      `SELECT from_seq AS "fromPosting", tier, why FROM standings
        WHERE bucket = $1 AND member_id = $2 ORDER BY from_seq DESC LIMIT 50`,
      [bucketOf(memberId), memberId],
    );
    return rows.map(({ fromPosting, tier, why: { code, qualifying, threshold } }) => ({
      fromPosting,
      tier,
      why: { code, qualifyingPoints: formatBillionths(BigInt(qualifying)), threshold },
    }));
  }
}
