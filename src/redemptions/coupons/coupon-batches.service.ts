import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { activatedIn } from '../../rules/gifts/activate.js';
import type { Programme } from '../../rules/programme.js';
import { CouponCodesQueries } from './coupon-codes.queries.js';
import type { CouponBatchPage, MakeCoupons } from './coupons.requests.js';
import { couponBatchView, type CouponBatchesView, type StoredBatch } from './coupons.views.js';

export interface Batch {
  id: string;
  count: number;
}

interface BatchRow extends Batch {
  coupon: string | null;
  offer: string | null;
  until: Date | null;
}

/** Codes made and told at once, so that memory stays bounded. */
const AT_ONCE = 500;
const USUAL_PAGE = 50;

/** Makes coupons to hand out, and lists what was made. */
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
   * kind or offer since. Whoever is told its codes is in the audit log, each time.
   */
  async begin(wanted: MakeCoupons, actor: string): Promise<Batch> {
    const { reference, count } = wanted;
    const words = wordsOf(wanted);
    const fault = whyNot(await this.programmes.inForce(), words);
    return this.dataSource.transaction(async (tx): Promise<BatchRow> => {
      const made = fault === undefined ? await insert(tx, reference, words, actor) : undefined;
      const batch = made ?? (await earlierOf(tx, reference));
      if (batch === undefined) throw fault ?? new Error('invariant: a batch is made or there');
      if (!isSame(batch, words)) throw otherWords();
      const { coupon, offer, until } = words;
      const of = coupon === null ? { offer } : { coupon };
      const details = { reference, ...of, count, until: until?.toISOString() ?? null };
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

  /** What was made, newest first. */
  async page({ cursor, limit = String(USUAL_PAGE) }: CouponBatchPage): Promise<CouponBatchesView> {
    const most = Number(limit);
    const rows = await this.dataSource.query<StoredBatch[]>(
      `SELECT b.id, b.reference, b.coupon, b.offer, b.count, b.until, b.made_at, b.made_by,
              (SELECT count(*)::int FROM coupon_codes c JOIN coupon_uses u ON u.hmac = c.hmac
                WHERE c.batch = b.id) AS used
         FROM coupon_batches b
        WHERE $1::text IS NULL OR (b.made_at, b.reference) < (
              SELECT l.made_at, l.reference FROM coupon_batches l WHERE l.reference = $1)
        ORDER BY b.made_at DESC, b.reference DESC LIMIT $2`,
      [cursor ?? null, most + 1],
    );
    const shown = rows.slice(0, most);
    const next = rows.length > most ? (shown.at(-1)?.reference ?? null) : null;
    return { items: shown.map(couponBatchView), next };
  }
}

type Words = Omit<BatchRow, 'id'>;

/** What a batch is of; exactly one of coupon and offer. */
function wordsOf({ coupon, offer, count, until }: MakeCoupons): Words {
  if ((coupon === undefined) === (offer === undefined)) {
    const isNone = coupon === undefined;
    const detail = isNone
      ? 'Coupons are of a kind (coupon), or for an offer.'
      : 'Coupons of a kind are for no offer.';
    const faults = [{ pointer: '/offer', code: isNone ? 'is_missing' : 'is_unknown', detail }];
    throw new DomainError('invalid_request', detail, {}, faults);
  }
  const end = until === undefined ? null : new Date(until);
  return { coupon: coupon ?? null, offer: offer ?? null, count, until: end };
}

/** Why none can be made; what was made before is told again nevertheless. */
function whyNot(programme: Programme, { coupon, offer }: Words): DomainError | undefined {
  if (coupon !== null) {
    return programme.coupons.has(coupon)
      ? undefined
      : fault('/coupon', 'unknown_choice', 'The programme has no such coupon.');
  }
  if (activatedIn(programme, offer ?? '') !== undefined) return undefined;
  const detail = 'The programme has no such offer that is activated.';
  return fault('/offer', 'unknown_choice', detail);
}

async function insert(
  tx: EntityManager,
  reference: string,
  { coupon, offer, count, until }: Words,
  actor: string,
): Promise<BatchRow | undefined> {
  const [row] = await tx.query<BatchRow[]>(
    `INSERT INTO coupon_batches (id, reference, coupon, offer, count, until, made_at, made_by)
     VALUES ($1, $2, $3, $4, $5, $6, now(), $7) ON CONFLICT (reference) DO NOTHING
     RETURNING id, coupon, offer, count, until`,
    [randomUUID(), reference, coupon, offer, count, until, actor],
  );
  return row;
}

async function earlierOf(tx: EntityManager, reference: string): Promise<BatchRow | undefined> {
  const [row] = await tx.query<BatchRow[]>(
    'SELECT id, coupon, offer, count, until FROM coupon_batches WHERE reference = $1',
    [reference],
  );
  return row;
}

const isSame = (a: Words, b: Words): boolean =>
  a.coupon === b.coupon &&
  a.offer === b.offer &&
  a.count === b.count &&
  a.until?.getTime() === b.until?.getTime();

const otherWords = (): DomainError =>
  fault('/reference', 'duplicate_reference', 'Other coupons were made under this reference.');

function fault(
  pointer: string,
  code: 'unknown_choice' | 'duplicate_reference',
  detail: string,
): DomainError {
  return new DomainError(code, detail, {}, [{ pointer, code, detail }]);
}
