import { memberColumns } from '../ledger/address.js';
import type { FactReader, MemberKey, Tx } from '../ledger/command.js';
import { arrayOf } from '../platform/database/columns.js';
import type { Purchase } from '../rules/purchase.js';
import type { MemberState } from '../rules/state.js';
import { toPurchase } from './purchase-facts.js';
import type { PurchaseContent } from './purchase-row.js';

interface ContentRow {
  member_id: string;
  seq: number;
  content: PurchaseContent | null;
  retailer: string;
}

/** What was bought with the purchases that decisions of the history are about; erased ones not. */
export const purchaseFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const named = members.flatMap(({ bucket, memberId, purchases: own = [] }) =>
      own.map((seq) => ({ bucket, memberId, seq })),
    );
    const { rows } = await tx.query<ContentRow>({
      name: 'purchase-facts',
      text: `SELECT p.member_id, p.seq, p.content, p.retailer
               FROM unnest($1::smallint[], $2::uuid[], $3::int[]) AS u (bucket, member_id, seq)
               JOIN purchases p ON p.bucket = u.bucket AND p.member_id = u.member_id
                AND p.seq = u.seq`,
      values: [
        ...memberColumns(named),
        arrayOf(
          'int4',
          named.map(({ seq }) => seq),
        ),
      ],
    });
    const purchases = new Map(
      members.map(({ memberId }) => [memberId, new Map<number, Purchase>()]),
    );
    for (const { member_id, seq, content, retailer } of rows) {
      if (content !== null) purchases.get(member_id)?.set(seq, toPurchase(content, retailer));
    }
    return new Map([...purchases].map(([memberId, own]) => [memberId, { purchases: own }]));
  },
};
