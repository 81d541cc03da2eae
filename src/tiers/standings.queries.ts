import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf } from '../ledger/address.js';
import type { EffectWriter, Tx, WrittenDraft } from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { formatBillionths } from '../rules/points.js';
import type { Standing } from '../rules/state.js';

export interface TierStep {
  fromPosting: number;
  tier: string;
  /** `qualifyingPoints` is exact, as a decimal string. */
  why: { code: string; qualifyingPoints: string; threshold: number };
}

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
      standing === undefined
        ? []
        : [
            {
              bucket,
              member_id: memberId,
              from_seq: standing.fromSeq,
              tier: standing.tier,
              why: standing.why,
            },
          ],
    );
    if (rows.length === 0) return undefined;
    return tx.query({
      name: 'insert-standings',
      text: `INSERT INTO standings (bucket, member_id, from_seq, tier, why)
             SELECT bucket, member_id, from_seq, tier, why
               FROM json_populate_recordset(NULL::standings, $1)`,
      values: [JSON.stringify(rows)],
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
