import { bucketOf } from '../../ledger/address.js';
import type { RowWriter } from '../../ledger/command.js';
import { rowsOf } from '../../platform/database/columns.js';

/** An offer that is activated with a posting. */
export interface ActivationRow {
  memberId: string;
  offer: string;
  /** In milliseconds since 1970. */
  at: number;
}

const activations = rowsOf<ActivationRow>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  offer: ['text', ({ offer }) => offer],
  activated_at: ['timestamptz', ({ at }) => at],
});

/** Members who activate the same offer at once by themselves do no harm: the first instant stands. */
export const activationWriter: RowWriter<ActivationRow> = {
  write: (tx, rows) =>
    tx.query({
      name: 'insert-offer-activations',
      text: `INSERT INTO offer_activations (${activations.names})
             SELECT ${activations.names} FROM ${activations.source}
             ON CONFLICT DO NOTHING`,
      values: activations.values(rows),
    }),
};
