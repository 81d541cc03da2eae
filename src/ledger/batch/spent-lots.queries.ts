import type { HeldLot, Lot, MemberState, Redemption } from '../../rules/state.js';
import { arrayOf } from '../../platform/database/columns.js';
import { firstOf } from '../../rules/spending/lots.js';
import { bucketOf, memberColumns } from '../address.js';
import type { Tx } from '../command.js';
import { toLot, type LotRow } from './accounts.queries.js';

/** Which lots each open hold reserves: the entries of its own posting. */
export async function readHeldLots(
  tx: Tx,
  holds: readonly { bucket: number; memberId: string; redemption: Redemption }[],
): Promise<Map<string, HeldLot[]>> {
  const held = new Map<string, HeldLot[]>();
  if (holds.length === 0) return held;
  const { rows } = await tx.query<{
    member_id: string;
    seq: number;
    lot_seq: number;
    lot_n: number;
    amount: string;
  }>({
    name: 'read-held-lots',
    text: `SELECT e.member_id, e.seq, e.lot_seq, e.lot_n, e.amount
             FROM unnest($1::smallint[], $2::uuid[], $3::int[]) AS u (bucket, member_id, seq)
             JOIN entries e ON e.bucket = u.bucket AND e.member_id = u.member_id AND e.seq = u.seq
            ORDER BY e.member_id, e.seq, e.n`,
    values: [
      ...memberColumns(holds),
      arrayOf(
        'int4',
        holds.map(({ redemption }) => redemption.seq),
      ),
    ],
  });
  for (const row of rows) {
    const key = `${row.member_id}/${String(row.seq)}`;
    const lots = held.get(key) ?? [];
    lots.push({ seq: row.lot_seq, n: row.lot_n, amount: Number(row.amount) });
    held.set(key, lots);
  }
  return held;
}

/** Lots by number, whether or not anything is left in them. */
async function readNamedLots(
  tx: Tx,
  lots: readonly { bucket: number; memberId: string; seq: number; n: number }[],
): Promise<Map<string, Lot[]>> {
  const named = new Map<string, Lot[]>();
  if (lots.length === 0) return named;
  const { rows } = await tx.query<LotRow>({
    name: 'read-named-lots',
    text: `SELECT l.member_id, l.seq, l.n, l.funder, l.accrued_at, l.available_from, l.expires_at,
                  l.amount, l.remaining, l.held, l.origin_seq, l.origin_n
             FROM unnest($1::smallint[], $2::uuid[], $3::int[], $4::smallint[])
                    AS u (bucket, member_id, seq, n)
             JOIN lots l ON l.bucket = u.bucket AND l.member_id = u.member_id
              AND l.seq = u.seq AND l.n = u.n`,
    values: [
      ...memberColumns(lots),
      arrayOf(
        'int4',
        lots.map(({ seq }) => seq),
      ),
      arrayOf(
        'int2',
        lots.map(({ n }) => n),
      ),
    ],
  });
  for (const row of rows) {
    const own = named.get(row.member_id);
    if (own === undefined) named.set(row.member_id, [toLot(row)]);
    else own.push(toLot(row));
  }
  return named;
}

const isSpent = (state: Redemption['state']): boolean => state === 'captured' || state === 'used';

/**
 * Says of each open hold which lots it reserves, and of each captured redemption that a command
 * names which lots it spent, which are read even when they are empty: a return refills them.
 */
export async function addSpentLots(tx: Tx, states: Map<string, MemberState>): Promise<void> {
  const live = [...states.values()].flatMap(({ memberId, redemptions }) =>
    (redemptions ?? [])
      .filter(({ state }) => state === 'held' || isSpent(state))
      .map((redemption) => ({ bucket: bucketOf(memberId), memberId, redemption })),
  );
  const held = await readHeldLots(tx, live);
  const lotsOf = ({ memberId, redemption }: (typeof live)[number]): HeldLot[] =>
    held.get(`${memberId}/${String(redemption.seq)}`) ?? [];
  const captured = live.filter(({ redemption }) => isSpent(redemption.state));
  const named = await readNamedLots(
    tx,
    captured.flatMap((each) =>
      lotsOf(each).map(({ seq, n }) => ({ bucket: each.bucket, memberId: each.memberId, seq, n })),
    ),
  );
  for (const memberId of new Set(live.map((each) => each.memberId))) {
    const state = states.get(memberId);
    if (state?.redemptions === undefined) continue;
    const redemptions = state.redemptions.map((redemption) => ({
      ...redemption,
      lots: stillSpent(redemption, held.get(`${memberId}/${String(redemption.seq)}`)),
    }));
    const lots = withNamed(state.lots ?? [], named.get(memberId) ?? []);
    states.set(memberId, { ...state, redemptions, lots });
  }
}

/**
 * Of what a hold reserved, what is still held or spent: a capture spends the first of it, and what
 * returns give back is the last of that.
 */
function stillSpent(
  redemption: Redemption,
  held: readonly HeldLot[] | undefined,
): readonly HeldLot[] {
  if (held === undefined) return redemption.lots;
  if (redemption.state === 'held') return held;
  return firstOf(held, redemption.points - (redemption.back ?? 0));
}

function withNamed(open: readonly Lot[], named: readonly Lot[]): readonly Lot[] {
  const keys = new Set(open.map(({ seq, n }) => `${String(seq)}/${String(n)}`));
  const others = new Map(named.map((lot) => [`${String(lot.seq)}/${String(lot.n)}`, lot]));
  return [...open, ...[...others].flatMap(([key, lot]) => (keys.has(key) ? [] : [lot]))];
}
