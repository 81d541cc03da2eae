import { createHmac, hkdfSync } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf, type RowAddress } from '../../ledger/address.js';
import type { LimitReader, RowWriter, Tx } from '../../ledger/command.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { Secrets } from '../../platform/config/secrets.js';
import { rowsOf } from '../../platform/database/columns.js';
import type { RollingLimit } from '../../rules/limits.js';
import { codeHmac, codeOf, readCode } from '../vouchers/codes.js';

/** What coupons are of: a kind of the programme that gives points, or an offer that they activate. */
export type CouponOf = { kind: 'coupon' | 'offer'; code: string };

/** What is known of a coupon by its code. */
export interface KnownCoupon {
  /** Hex HMAC of its code. */
  hmac: string;
  what: CouponOf;
  /** The instant from which its batch can no longer be redeemed. */
  until: number;
}

interface UseRow extends RowAddress {
  hmac: string;
}

const uses = rowsOf<UseRow>({
  hmac: ['bytea', ({ hmac }) => hmac],
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ seq }) => seq],
});

/** A coupon is used once in all, so who redeems it queues at this limit; long ago counts too. */
export const SINGLE = 'coupon/';
const FOR_EVER_MS = 100 * 366 * 86_400_000;

/**
 * From codes to coupons. The codes of a batch follow from its id under a key of the server, so that
 * they can be told again and are stored nowhere; the table has their HMACs.
 */
@Injectable()
export class CouponCodesQueries implements LimitReader, OnModuleInit {
  private readonly key: Uint8Array;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(Secrets) secrets: Secrets,
  ) {
    this.key = new Uint8Array(hkdfSync('sha256', secrets.handle, '', 'fealty coupons 1', 32));
  }

  onModuleInit(): void {
    this.ledger.register({ limitReader: this });
  }

  /** Codes of a batch from one number on, counted from 0. */
  codesOf(batch: string, from: number, count: number): string[] {
    return Array.from({ length: count }, (_, n) => {
      const address = `${batch}/${String(from + n)}`;
      return codeOf(createHmac('sha256', this.key).update(address).digest());
    });
  }

  /** Lets codes be found; those that are there already stay. */
  async keep(batch: string, codes: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO coupon_codes (hmac, batch)
       SELECT decode(hmac, 'hex'), $1 FROM unnest($2::text[]) AS u (hmac) ORDER BY hmac
       ON CONFLICT (hmac) DO NOTHING`,
      [batch, codes.map((code) => codeHmac(this.key, code))],
    );
  }

  /** The coupon that has a code; undefined = there is none. */
  async find(code: string): Promise<KnownCoupon | undefined> {
    const hmac = codeHmac(this.key, readCode(code) ?? '');
    const [row] = await this.dataSource.query<(CouponOf & { until: Date | null })[]>(
      `SELECT CASE WHEN b.offer IS NULL THEN 'coupon' ELSE 'offer' END AS kind,
              coalesce(b.offer, b.coupon) AS code, b.until
         FROM coupon_codes c JOIN coupon_batches b ON b.id = c.batch
        WHERE c.hmac = $1`,
      [Buffer.from(hmac, 'hex')],
    );
    if (row === undefined) return undefined;
    const { kind, code: of, until } = row;
    return { hmac, what: { kind, code: of }, until: until?.getTime() ?? Infinity };
  }

  /** The limit that counts what one coupon was used. */
  singleOf({ hmac }: Pick<KnownCoupon, 'hmac'>): RollingLimit {
    return { id: `${SINGLE}${hmac}`, windowMs: FOR_EVER_MS };
  }

  /** Which of the coupons are used, read behind the locks of their limits. */
  async read(tx: Tx, limits: readonly RollingLimit[]): Promise<Map<string, number>> {
    const asked = limits.flatMap(({ id }) =>
      id.startsWith(SINGLE) ? [Buffer.from(id.slice(SINGLE.length), 'hex')] : [],
    );
    if (asked.length === 0) return new Map();
    const { rows } = await tx.query<{ hmac: Buffer }>({
      name: 'read-coupon-uses',
      text: `SELECT hmac FROM coupon_uses WHERE hmac = ANY ($1::bytea[])`,
      values: [asked],
    });
    return new Map(rows.map(({ hmac }) => [`${SINGLE}${hmac.toString('hex')}`, 1]));
  }

  readonly writer: RowWriter<UseRow> = {
    write: (tx, rows) =>
      tx.query({
        name: 'insert-coupon-uses',
        text: `INSERT INTO coupon_uses (${uses.names}) SELECT ${uses.names} FROM ${uses.source}
                ORDER BY hmac`,
        values: uses.values(rows),
      }),
  };
}
