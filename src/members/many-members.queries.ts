import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf } from '../ledger/address.js';
import { Secrets } from '../platform/config/secrets.js';
import { handleHmac } from './member-handles.js';

/** Active members found by the hundred, by ids or card numbers. */
@Injectable()
export class ManyMembersQueries {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Secrets) private readonly secrets: Secrets,
  ) {}

  /** Ids by the card numbers that were asked for; who is not active, or unknown, is left out. */
  async byCards(cards: readonly string[]): Promise<Map<string, string>> {
    if (cards.length === 0) return new Map();
    const hmacs = cards.map((card) => handleHmac(this.secrets.handle, 'card', card));
    const rows = await this.dataSource.query<{ hmac: string; member_id: string }[]>(
      `SELECT encode(h.hmac, 'hex') AS hmac, m.member_id
         FROM unnest($1::text[]) AS u (hmac)
         JOIN handles h ON h.kind = 'card' AND h.hmac = decode(u.hmac, 'hex')
         JOIN members m ON m.bucket = h.bucket AND m.member_id = h.member_id
        WHERE m.status = 'active'`,
      [hmacs],
    );
    const found = new Map(rows.map(({ hmac, member_id }) => [hmac, member_id]));
    return new Map(
      cards.flatMap((card, place): [string, string][] => {
        const id = found.get(hmacs[place] ?? '');
        return id === undefined ? [] : [[card, id]];
      }),
    );
  }

  /** Those of these ids that are of active members. */
  async active(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.dataSource.query<{ member_id: string }[]>(
      `SELECT m.member_id FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
         JOIN members m ON m.bucket = u.bucket AND m.member_id = u.member_id
        WHERE m.status = 'active'`,
      [ids.map(bucketOf), ids],
    );
    return new Set(rows.map(({ member_id }) => member_id));
  }
}
