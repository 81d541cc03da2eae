import { hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf, type RowAddress } from '../../ledger/address.js';
import type { RowWriter } from '../../ledger/command.js';
import { Secrets } from '../../platform/config/secrets.js';
import { rowsOf } from '../../platform/database/columns.js';
import { codeHmac, readCode, voucherCode } from './codes.js';

interface CodeRow extends RowAddress {
  hmac: string;
}

const codes = rowsOf<CodeRow>({
  hmac: ['bytea', ({ hmac }) => hmac],
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ seq }) => seq],
});

/**
 * From codes to vouchers. A code is the HMAC of its redemption's address under a key of the server,
 * so it can be shown again and is stored nowhere; the directory has the HMAC of the code.
 */
@Injectable()
export class VoucherCodesQueries {
  private readonly key: Uint8Array;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Secrets) secrets: Secrets,
  ) {
    this.key = new Uint8Array(hkdfSync('sha256', secrets.handle, '', 'fealty vouchers 1', 32));
  }

  /** The code of a voucher, in groups. */
  codeOf({ memberId, seq }: RowAddress): string {
    return voucherCode(this.key, memberId, seq);
  }

  /** The row by which a voucher is found; it commits with the capture that issues it. */
  rowOf(address: RowAddress): CodeRow {
    return { ...address, hmac: codeHmac(this.key, this.codeOf(address)) };
  }

  readonly writer: RowWriter<CodeRow> = {
    write: (tx, rows) =>
      tx.query({
        name: 'insert-voucher-codes',
        text: `INSERT INTO voucher_codes (${codes.names}) SELECT ${codes.names} FROM ${codes.source}
                ORDER BY hmac`,
        values: codes.values(rows),
      }),
  };

  /** The voucher that has a code; undefined = there is none, or the code is mistyped. */
  async find(text: string): Promise<RowAddress | undefined> {
    const code = readCode(text);
    if (code === undefined) return undefined;
    const [row] = await this.dataSource.query<{ member_id: string; seq: number }[]>(
      'SELECT member_id, seq FROM voucher_codes WHERE hmac = $1',
      [Buffer.from(codeHmac(this.key, code), 'hex')],
    );
    return row === undefined ? undefined : { memberId: row.member_id, seq: row.seq };
  }
}
