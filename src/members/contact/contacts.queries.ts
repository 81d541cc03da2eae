import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ContactChannel } from './contact-channels.js';
import { bucketOf, memberColumns } from '../../ledger/address.js';

/** How a member can be reached now: what they allow and, of e-mail, where they are. */
export interface Reach {
  email: string | undefined;
  messenger: boolean;
}

/** What a member allows, and whether there is an address to use it with. */
export interface ContactChoices {
  allowed: ReadonlySet<ContactChannel>;
  isEmailKnown: boolean;
}

interface ContactRow {
  member_id: string;
  status: string;
  email: string | null;
  allowed: ContactChannel[];
}

/** Who may be told things, and how. Addresses are read when they are used, and copied nowhere. */
@Injectable()
export class ContactsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Of those members who are active; whoever allows nothing is in it with nothing. */
  async reach(memberIds: readonly string[]): Promise<Map<string, Reach>> {
    const rows = await this.read(this.dataSource.manager, memberIds);
    return new Map(
      rows
        .filter(({ status }) => status === 'active')
        .map(({ member_id, email, allowed }) => [
          member_id,
          {
            email: allowed.includes('email') ? (email ?? undefined) : undefined,
            messenger: allowed.includes('messenger'),
          },
        ]),
    );
  }

  async choices(memberId: string, tx?: EntityManager): Promise<ContactChoices> {
    const [row] = await this.read(tx ?? this.dataSource.manager, [memberId]);
    return { allowed: new Set(row?.allowed ?? []), isEmailKnown: (row?.email ?? null) !== null };
  }

  async write(
    tx: EntityManager,
    memberId: string,
    channel: ContactChannel,
    isAllowed: boolean,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO contact_choices (bucket, member_id, channel, allowed, changed_at)
       VALUES ($1, $2, $3, $4, programme_now())
       ON CONFLICT (bucket, member_id, channel) DO UPDATE
          SET allowed = excluded.allowed, changed_at = excluded.changed_at`,
      [bucketOf(memberId), memberId, channel, isAllowed],
    );
  }

  private async read(tx: EntityManager, memberIds: readonly string[]): Promise<ContactRow[]> {
    return tx.query<ContactRow[]>(
      `SELECT m.member_id, m.status, p.email,
              array(SELECT c.channel FROM contact_choices c
                     WHERE c.bucket = m.bucket AND c.member_id = m.member_id AND c.allowed) AS allowed
         FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
         JOIN members m USING (bucket, member_id)
         LEFT JOIN persons p USING (bucket, member_id)`,
      memberColumns(memberIds.map((memberId) => ({ bucket: bucketOf(memberId), memberId }))),
    );
  }
}
