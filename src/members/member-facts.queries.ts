import { memberColumns } from '../ledger/address.js';
import type { FactReader, MemberKey, Tx } from '../ledger/command.js';
import type { MemberState } from '../rules/state.js';

/** What the core must know of members: whether the membership is active, and since when. */
export const memberFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<{ member_id: string; status: string; enrolled_at: Date }>({
      name: 'member-facts',
      text: `SELECT m.member_id, m.status, m.enrolled_at
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN members m ON m.bucket = u.bucket AND m.member_id = u.member_id`,
      values: memberColumns(members),
    });
    return new Map(
      rows.map((row) => [
        row.member_id,
        { status: row.status, enrolledAt: row.enrolled_at.getTime() },
      ]),
    );
  },
};
