import type { MemberState } from '../../rules/state.js';
import { memberColumns } from '../address.js';
import type { FactReader, MemberKey, Tx } from '../command.js';

/**
 * Which purchases earned the open lots of members. What the same batch opens is not among them: that
 * of a purchase heard of late may be old enough to be given, and can be from the next batch on.
 */
export const earnedLots: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<{ member_id: string; seq: number }>({
      name: 'earned-lots',
      text: `SELECT DISTINCT l.member_id, coalesce(l.origin_seq, l.seq) AS seq
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN lots l ON l.bucket = u.bucket AND l.member_id = u.member_id AND l.remaining > 0
               JOIN postings p ON p.bucket = l.bucket AND p.member_id = l.member_id
                AND p.seq = coalesce(l.origin_seq, l.seq)
              WHERE p.kind = 'accrue' AND p.operation <> 'activity'`,
      values: memberColumns(members),
    });
    const earned = new Map<string, Set<number>>(
      members.map(({ memberId }) => [memberId, new Set()]),
    );
    for (const { member_id, seq } of rows) earned.get(member_id)?.add(seq);
    return new Map([...earned].map(([memberId, own]) => [memberId, { earned: own }]));
  },
};
