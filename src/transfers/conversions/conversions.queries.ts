import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf, type RowAddress } from '../../ledger/address.js';
import type { RowWriter, Tx } from '../../ledger/command.js';
import { rowsOf } from '../../platform/database/columns.js';
import type { Way } from '../../rules/conversions/terms.js';
import type { AgreementGiven } from './conversions.requests.js';

export interface ConversionRow extends RowAddress {
  way: Way;
  currency: string;
  partner: string;
  /** Who asked for it. */
  retailer: string;
  /** Without the fee. */
  points: number;
  fee: number;
  units: number;
  /** Undefined where the member asked with a token. */
  agreement?: AgreementGiven | undefined;
  madeAt: number;
  /** Until when the partner has to confirm; null = it is done at once. */
  expiresAt: number | null;
  /** Hex; of the partner's reference. */
  hmac?: string | undefined;
  answer?: Answer | undefined;
  answerSeq?: number | undefined;
}

export type Answer = 'confirmed' | 'failed';

const agreedAt = ({ agreement }: ConversionRow): number | null =>
  agreement === undefined ? null : Date.parse(agreement.at);

const made = rowsOf<ConversionRow>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ seq }) => seq],
  way: ['text', ({ way }) => way],
  currency: ['text', ({ currency }) => currency],
  partner: ['text', ({ partner }) => partner],
  retailer: ['text', ({ retailer }) => retailer],
  points: ['int8', ({ points }) => points],
  fee: ['int8', ({ fee }) => fee],
  units: ['int8', ({ units }) => units],
  agreed_act: ['text', ({ agreement }) => agreement?.act ?? null],
  agreed_channel: ['text', ({ agreement }) => agreement?.channel ?? null],
  agreed_at: ['timestamptz', agreedAt],
  made_at: ['timestamptz', ({ madeAt }) => madeAt],
  expires_at: ['timestamptz', ({ expiresAt }) => expiresAt],
  reference_hmac: ['bytea', ({ hmac }) => hmac ?? null],
  answer: ['text', ({ answer }) => answer ?? null],
  answer_seq: ['int4', ({ answerSeq }) => answerSeq ?? null],
});

export const conversionWriter: RowWriter<ConversionRow> = {
  write: (tx: Tx, rows) =>
    tx.query({
      name: 'keep-conversions',
      text: `INSERT INTO conversions (${made.names}) SELECT ${made.names} FROM ${made.source}`,
      values: made.values(rows),
    }),
};

export interface AnsweredConversion extends RowAddress {
  answer: Answer;
  answerSeq: number;
  hmac: string | null;
}

const answers = rowsOf<AnsweredConversion>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ seq }) => seq],
  answer: ['text', ({ answer }) => answer],
  answer_seq: ['int4', ({ answerSeq }) => answerSeq],
  reference_hmac: ['bytea', ({ hmac }) => hmac],
});

export const answerWriter: RowWriter<AnsweredConversion> = {
  write: (tx: Tx, rows) =>
    tx.query({
      name: 'answer-conversions',
      text: `UPDATE conversions c SET answer = u.answer, answer_seq = u.answer_seq,
                    reference_hmac = u.reference_hmac
               FROM ${answers.source}
              WHERE c.bucket = u.bucket AND c.member_id = u.member_id AND c.seq = u.seq`,
      values: answers.values(rows),
    }),
};

interface StoredRow {
  member_id: string;
  seq: number;
  way: Way;
  currency: string;
  partner: string;
  retailer: string;
  points: string;
  fee: string;
  units: string;
  made_at: Date;
  expires_at: Date | null;
  answer: Answer | null;
}

const columns = `member_id, seq, way, currency, partner, retailer, points, fee, units, made_at,
  expires_at, answer`;

const toRow = ({
  member_id,
  seq,
  way,
  currency,
  partner,
  retailer,
  ...rest
}: StoredRow): ConversionRow => ({
  ...{ memberId: member_id, seq, way, currency, partner, retailer },
  points: Number(rest.points),
  fee: Number(rest.fee),
  units: Number(rest.units),
  madeAt: rest.made_at.getTime(),
  expiresAt: rest.expires_at?.getTime() ?? null,
  answer: rest.answer ?? undefined,
});

/** Conversions to list and to answer. */
@Injectable()
export class ConversionsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async conversion({ memberId, seq }: RowAddress): Promise<ConversionRow | undefined> {
    const rows = await this.dataSource.query<StoredRow[]>(
      `SELECT ${columns} FROM conversions WHERE bucket = $1 AND member_id = $2 AND seq = $3`,
      [bucketOf(memberId), memberId, seq],
    );
    return rows.map(toRow)[0];
  }

  /** A member's, newest first, behind a number. */
  async ofMember(memberId: string, behind: number, limit: number): Promise<ConversionRow[]> {
    const rows = await this.dataSource.query<StoredRow[]>(
      `SELECT ${columns} FROM conversions
        WHERE bucket = $1 AND member_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4`,
      [bucketOf(memberId), memberId, behind, limit],
    );
    return rows.map(toRow);
  }

  /** Those that a retailer asked for, and those in its currencies, newest first, behind one. */
  async ofRetailer(
    retailer: string,
    behind: ConversionRow | undefined,
    limit: number,
  ): Promise<ConversionRow[]> {
    const page = (whose: 'retailer' | 'partner'): string =>
      `(SELECT ${columns} FROM conversions
         WHERE ${whose} = $1
           AND ($2::timestamptz IS NULL OR (made_at, member_id, seq) < ($2, $3::uuid, $4::int))
         ORDER BY made_at DESC, member_id DESC, seq DESC LIMIT $5)`;
    const rows = await this.dataSource.query<StoredRow[]>(
      `${page('retailer')} UNION ${page('partner')}
        ORDER BY made_at DESC, member_id DESC, seq DESC LIMIT $5`,
      [
        retailer,
        behind === undefined ? null : new Date(behind.madeAt),
        behind?.memberId ?? null,
        behind?.seq ?? null,
        limit,
      ],
    );
    return rows.map(toRow);
  }
}
