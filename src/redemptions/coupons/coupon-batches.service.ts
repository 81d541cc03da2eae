import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { CouponCodesQueries } from './coupon-codes.queries.js';
import type { MakeCoupons } from './coupons.requests.js';

export interface Batch {
  id: string;
  count: number;
}

interface BatchRow {
  id: string;
  coupon: string;
  count: number;
  until: Date | null;
}

/** Codes made and told at once, so that memory stays bounded. */
const AT_ONCE = 500;

/** Makes coupons to hand out. */
@Injectable()
export class CouponBatchesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(CouponCodesQueries) private readonly codes: CouponCodesQueries,
  ) {}

  /** Begins a batch, or finds it if it was begun before with the same words. */
  async begin(wanted: MakeCoupons, actor: string): Promise<Batch> {
    const { reference, coupon, count, until } = wanted;
    const programme = await this.programmes.inForce();
    if (!programme.coupons.has(coupon)) {
      const detail = 'The programme has no such coupon.';
      const faults = [{ pointer: '/coupon', code: 'unknown_choice', detail }];
      throw new DomainError('unknown_choice', detail, {}, faults);
    }
    const end = until === undefined ? null : new Date(until);
    const id = randomUUID();
    const row = await this.dataSource.transaction(async (tx): Promise<BatchRow> => {
      const made = await tx.query<BatchRow[]>(
        `INSERT INTO coupon_batches (id, reference, coupon, count, until, made_at, made_by)
         VALUES ($1, $2, $3, $4, $5, now(), $6) ON CONFLICT (reference) DO NOTHING
         RETURNING id, coupon, count, until`,
        [id, reference, coupon, count, end, actor],
      );
      if (made[0] !== undefined) {
        const details = { reference, coupon, count, until: end?.toISOString() ?? null };
        await this.audit.record(tx, {
          actor,
          action: 'coupons.made',
          subject: `batch/${id}`,
          details,
        });
        return made[0];
      }
      const [earlier] = await tx.query<BatchRow[]>(
        'SELECT id, coupon, count, until FROM coupon_batches WHERE reference = $1',
        [reference],
      );
      if (earlier === undefined) throw new Error('invariant: what conflicts is there');
      return earlier;
    });
    const isSame = row.coupon === coupon && row.count === count;
    if (isSame && row.until?.getTime() === end?.getTime()) return row;
    const detail = 'Other coupons were made under this reference.';
    const faults = [{ pointer: '/reference', code: 'duplicate_reference', detail }];
    throw new DomainError('duplicate_reference', detail, {}, faults);
  }

  /** The codes of a batch, some at a time; each can be redeemed from when it is told. */
  async *codesOf({ id, count }: Batch): AsyncGenerator<string[]> {
    for (let from = 0; from < count; from += AT_ONCE) {
      const codes = this.codes.codesOf(id, from, Math.min(AT_ONCE, count - from));
      await this.codes.keep(id, codes);
      yield codes;
    }
  }
}
