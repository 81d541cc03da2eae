import type { EntityManager } from 'typeorm';
import { memberColumns } from '../../ledger/address.js';
import type { FactReader, MemberKey, RowWriter, Tx } from '../../ledger/command.js';
import { rowsOf } from '../../platform/database/columns.js';
import type { MemberState } from '../../rules/state.js';
import { groupName, type SignalKind, type SignalRow } from './signals.js';

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

/** What members are known to be of, for offers that give groups of them only so much. */
export const groupFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<{ member_id: string; kind: SignalKind; hmac: string }>({
      name: 'groups-of-members',
      text: `SELECT s.member_id, s.kind, encode(s.hmac, 'hex') AS hmac
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN member_signals s ON s.bucket = u.bucket AND s.member_id = u.member_id`,
      values: memberColumns(members),
    });
    return new Map(
      members.map(({ memberId }): [string, Partial<MemberState>] => {
        const groups: Partial<Record<SignalKind, string[]>> = {};
        for (const { member_id, kind, hmac } of rows) {
          if (member_id === memberId) groups[kind] = [...(groups[kind] ?? []), groupName(hmac)];
        }
        return [memberId, { groups }];
      }),
    );
  },
};
