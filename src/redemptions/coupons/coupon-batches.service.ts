import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
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

  /**
   * Begins a batch, or finds it if it was begun before with the same words, whatever has become of its
   * kind since. Whoever is told its codes is in the audit log, each time.
   */
  async begin(wanted: MakeCoupons, actor: string): Promise<Batch> {
    const { reference, coupon, count, until } = wanted;
    const { coupons } = await this.programmes.inForce();
    const end = until === undefined ? null : new Date(until);
    return this.dataSource.transaction(async (tx): Promise<BatchRow> => {
      const made = coupons.has(coupon) ? await insert(tx, wanted, end, actor) : undefined;
      const batch = made ?? (await earlierOf(tx, reference));
      if (batch === undefined) throw unknownKind();
      if (!isSame(batch, { coupon, count, until: end })) throw otherWords();
      const details = { reference, coupon, count, until: end?.toISOString() ?? null };
      const action = made === undefined ? 'coupons.told_again' : 'coupons.made';
      await this.audit.record(tx, { actor, action, subject: `batch/${batch.id}`, details });
      return batch;
    });
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

/** The batch, unless there is one of that reference. */
async function insert(
  tx: EntityManager,
  { reference, coupon, count }: MakeCoupons,
  until: Date | null,
  actor: string,
): Promise<BatchRow | undefined> {
  const [row] = await tx.query<BatchRow[]>(
    `INSERT INTO coupon_batches (id, reference, coupon, count, until, made_at, made_by)
     VALUES ($1, $2, $3, $4, $5, now(), $6) ON CONFLICT (reference) DO NOTHING
     RETURNING id, coupon, count, until`,
    [randomUUID(), reference, coupon, count, until, actor],
  );
  return row;
}

async function earlierOf(tx: EntityManager, reference: string): Promise<BatchRow | undefined> {
  const [row] = await tx.query<BatchRow[]>(
    'SELECT id, coupon, count, until FROM coupon_batches WHERE reference = $1',
    [reference],
  );
  return row;
}

const isSame = (a: Omit<BatchRow, 'id'>, b: Omit<BatchRow, 'id'>): boolean =>
  a.coupon === b.coupon && a.count === b.count && a.until?.getTime() === b.until?.getTime();

function unknownKind(): DomainError {
  const detail = 'The programme has no such coupon.';
  const faults = [{ pointer: '/coupon', code: 'unknown_choice', detail }];
  return new DomainError('unknown_choice', detail, {}, faults);
}

function otherWords(): DomainError {
  const detail = 'Other coupons were made under this reference.';
  const faults = [{ pointer: '/reference', code: 'duplicate_reference', detail }];
  return new DomainError('duplicate_reference', detail, {}, faults);
}
