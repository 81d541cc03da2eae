import type { FactReader, MemberKey, Tx } from '../ledger/command.js';
import type { Purchase } from '../rules/earning/earn.js';
import type { MemberState } from '../rules/state.js';
import { toPurchase } from './purchase-facts.js';
import type { PurchaseContent } from './purchases.queries.js';

interface ContentRow {
  member_id: string;
  seq: number;
  content: PurchaseContent | null;
}

/** What was bought since an instant, what was ever returned, and the purchases a command names. */
export const purchaseFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const named = members.flatMap(({ bucket, memberId, subjects }) =>
      subjects.map((seq) => ({ bucket, memberId, seq })),
    );
    const { rows } = await tx.query<ContentRow>({
      name: 'purchase-facts',
      text: `SELECT p.member_id, p.seq, p.content
               FROM unnest($1::smallint[], $2::uuid[], $3::timestamptz[])
                      AS u (bucket, member_id, since)
               JOIN purchases p ON p.bucket = u.bucket AND p.member_id = u.member_id
                AND (p.occurred_at > u.since OR p.returned IS NOT NULL)
              UNION ALL
             SELECT p.member_id, p.seq, p.content
               FROM unnest($4::smallint[], $5::uuid[], $6::int[]) AS u (bucket, member_id, seq)
               JOIN purchases p ON p.bucket = u.bucket AND p.member_id = u.member_id
                AND p.seq = u.seq`,
      values: [
        members.map(({ bucket }) => bucket),
        members.map(({ memberId }) => memberId),
        members.map(({ since }) => new Date(since ?? 0)),
        named.map(({ bucket }) => bucket),
        named.map(({ memberId }) => memberId),
        named.map(({ seq }) => seq),
      ],
    });
    const purchases = new Map(
      members.map(({ memberId }) => [memberId, new Map<number, Purchase>()]),
    );
    for (const { member_id, seq, content } of rows) {
      if (content !== null) purchases.get(member_id)?.set(seq, toPurchase(content));
    }
    return new Map([...purchases].map(([memberId, own]) => [memberId, { purchases: own }]));
  },
};
