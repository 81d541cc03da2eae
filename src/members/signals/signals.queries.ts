import type { EntityManager } from 'typeorm';
import type { RowWriter, Tx } from '../../ledger/command.js';
import { rowsOf } from '../../platform/database/columns.js';
import type { SignalRow } from './signals.js';

const columns = rowsOf<SignalRow>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  kind: ['text', ({ kind }) => kind],
  hmac: ['bytea', ({ hmac }) => hmac],
});

/** Keeps signals once each, in the transaction of what said them. */
export const signalWriter: RowWriter<SignalRow> = {
  write: (tx: Tx, rows) =>
    tx.query({
      name: 'keep-signals',
      text: `INSERT INTO member_signals (${columns.names})
             SELECT ${columns.names} FROM ${columns.source}
             ON CONFLICT DO NOTHING`,
      values: columns.values(rows),
    }),
};

/** The same where a member enrols. */
export async function keepSignals(tx: EntityManager, rows: readonly SignalRow[]): Promise<void> {
  for (const { bucket, memberId, kind, hmac } of rows) {
    await tx.query(
      `INSERT INTO member_signals (bucket, member_id, kind, hmac)
       VALUES ($1, $2, $3, decode($4, 'hex')) ON CONFLICT DO NOTHING`,
      [bucket, memberId, kind, hmac],
    );
  }
}
