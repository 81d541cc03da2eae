/** Redemptions as the table has them. */
import type { CompactEffects } from '../ledger/posting.js';
import { rowsOf } from '../platform/database/columns.js';
import type { LimitUse } from '../rules/limits.js';
import type { Redemption } from '../rules/state.js';

export interface RedemptionRow {
  member_id: string;
  seq: number;
  retailer: string;
  reward: string;
  points: string;
  state: Redemption['state'];
  expires_at: Date;
  changed_seq: number;
  purchase_seq: number | null;
  shared: [limit: string, amount: number][] | null;
  amount: string | null;
  back: string | null;
  delivery: NonNullable<Redemption['delivery']> | null;
  usable_until: Date | null;
  used_by: string | null;
  terms_no: number | null;
  back_at: Date | null;
}

/** Columns of `r`. */
export const columns = `r.member_id, r.seq, r.retailer, r.reward, r.points, r.state, r.expires_at,
  r.changed_seq, r.purchase_seq, r.shared, r.amount, r.back, r.delivery, r.usable_until,
  r.used_by, r.terms_no, r.back_at`;

export interface StateRow {
  bucket: number;
  memberId: string;
  redemption: Redemption;
}

export const states = rowsOf<StateRow>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ redemption }) => redemption.seq],
  retailer: ['text', ({ redemption }) => redemption.retailer],
  reward: ['text', ({ redemption }) => redemption.reward],
  points: ['int8', ({ redemption }) => redemption.points],
  state: ['text', ({ redemption }) => redemption.state],
  expires_at: ['timestamptz', ({ redemption }) => redemption.expiresAt],
  changed_seq: ['int4', ({ redemption }) => redemption.changedSeq],
  purchase_seq: ['int4', ({ redemption }) => redemption.purchaseSeq ?? null],
  shared: ['json', ({ redemption: { shared = [] } }) => usesText(shared)],
  amount: ['int8', ({ redemption }) => redemption.amount ?? null],
  back: ['int8', ({ redemption }) => redemption.back ?? null],
  delivery: ['text', ({ redemption }) => redemption.delivery ?? null],
  usable_until: ['timestamptz', ({ redemption }) => redemption.usableUntil ?? null],
  used_by: ['text', ({ redemption }) => redemption.usedBy ?? null],
  terms_no: ['int4', ({ redemption }) => redemption.termsNo ?? null],
  back_at: ['timestamptz', ({ redemption }) => redemption.backAt ?? null],
});

/** As the posting's effects spell it; null = it has nothing of any limit. */
const usesText = (uses: readonly LimitUse[]): string | null =>
  uses.length === 0 ? null : JSON.stringify(uses.map(({ limit, amount }) => [limit, amount]));

export const toRedemption = (row: RedemptionRow): Redemption => ({
  seq: row.seq,
  retailer: row.retailer,
  reward: row.reward,
  points: Number(row.points),
  state: row.state,
  expiresAt: row.expires_at.getTime(),
  changedSeq: row.changed_seq,
  lots: [],
  purchaseSeq: row.purchase_seq ?? undefined,
  shared: row.shared?.map(([limit, amount]) => ({ limit, amount })),
  amount: row.amount === null ? undefined : Number(row.amount),
  back: row.back === null ? undefined : Number(row.back),
  delivery: row.delivery ?? undefined,
  usableUntil: row.usable_until?.getTime(),
  usedBy: row.used_by ?? undefined,
  termsNo: row.terms_no ?? undefined,
  backAt: row.back_at?.getTime(),
});

/** What is told of a redemption. */
export type Seen = Pick<
  Redemption,
  | 'seq'
  | 'reward'
  | 'points'
  | 'state'
  | 'expiresAt'
  | 'amount'
  | 'delivery'
  | 'usableUntil'
  | 'termsNo'
>;

const deliveries = ['pending', 'sent', 'delivered', 'failed'] as const;

/** The redemption that a posting opened or changed. */
export function redemptionIn({ redemptions }: CompactEffects): Seen {
  const row = redemptions?.at(-1);
  if (row === undefined) throw new Error('invariant: a redemption posting keeps its redemption');
  const [seq, , reward, points, state, expiresAt, , , amount = null, , delivery = null] = row;
  const [usableUntil = null, , termsNo = null] = row.slice(11);
  const numberOf = (part: (typeof row)[number] | undefined): number | undefined =>
    part === null || part === undefined ? undefined : Number(part);
  return {
    seq: Number(seq),
    reward: String(reward),
    points: Number(points),
    state: state as Redemption['state'],
    expiresAt: Number(expiresAt),
    amount: numberOf(amount),
    delivery: deliveries.find((each) => each === delivery),
    usableUntil: numberOf(usableUntil),
    termsNo: numberOf(termsNo),
  };
}
