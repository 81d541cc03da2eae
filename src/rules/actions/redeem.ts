/** How a hold ends: a capture turns its points into a reward, a release gives them back. */
import type { Versions } from '../earning/timeline.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { endOfDayAfter } from '../period.js';
import type { Programme } from '../programme.js';
import { behindFirst, firstOf } from '../spending/lots.js';
import {
  applyHeld,
  blank,
  entry,
  read,
  refused,
  release,
  replaceLots,
  withNextChange,
  type Settled,
} from '../spending/settle.js';
import type { Outcome, PostingDraft, Refusal } from '../outcome.js';
import type { Redemption } from '../state.js';
import { voucherOf } from '../spending/voucher.js';
import { convertedBy } from '../conversions/out.js';
import { currencyOf } from '../conversions/terms.js';
import { withCounters } from '../partners/draw.js';

export interface SettleHoldAction {
  kind: 'capture' | 'release';
  at: number;
  /** Number of the hold posting. */
  redemption: number;
  /** Minor units to capture of points as tender; left out = all that is held. */
  amount?: number | undefined;
  /** Where a voucher's terms are found; left out = in the version that decides. */
  versions?: Pick<Versions, 'version'> | undefined;
}

/** Ends a hold: by capture the points are gone, by release they are back in their lots. */
export function settleHold(
  programme: Programme,
  settled: Settled,
  action: SettleHoldAction,
): Outcome {
  const { redemptions } = read(settled.member);
  const redemption = redemptions.find(({ seq }) => seq === action.redemption);
  if (redemption === undefined) {
    throw new Error('invariant: the redemption an action names is read before it is decided');
  }
  const refusal = whyNotSettle(redemption) ?? whyNotAmount(redemption, action.amount);
  if (refusal !== undefined) {
    return refused(programme, settled, action, refusal, redemption.seq);
  }
  if (action.kind === 'release') {
    const because = { occurredAt: action.at, code: 'hold_released' } as const;
    const { member, draft } = release(programme, settled.member, redemption, because);
    const state = { members: [withNextChange(member, action.at)] };
    return { state, postings: [...settled.postings, draft] };
  }
  return captured(programme, settled, action, redemption);
}

/** Spends what is held, or as much of it as pays a smaller amount; the rest goes back. */
function captured(
  programme: Programme,
  { member, postings }: Settled,
  { at, amount, versions = { version: () => programme } }: SettleHoldAction,
  redemption: Redemption,
): Outcome {
  const { lots, redemptions } = read(member);
  const points = pointsFor(redemption, amount);
  const rest = redemption.points - points;
  const spent = firstOf(redemption.lots, points);
  const unspent = behindFirst(redemption.lots, points);
  const freed = applyHeld(lots, redemption.lots, (lot, part) => ({
    ...lot,
    held: lot.held - part,
  }));
  const changed = freed.map((lot) => {
    const paid = spent.find(({ seq, n }) => seq === lot.seq && n === lot.n)?.amount ?? 0;
    return { ...lot, remaining: lot.remaining - paid };
  });
  const seq = member.version + 1;
  const converted = convertedBy(programme, member, redemption, { at, versions });
  const { counters = [], items = [], billionths = 0n } = converted ?? {};
  const done: Redemption = {
    ...redemption,
    ...{ points, state: 'captured', changedSeq: seq, lots: [] },
    amount: amount ?? redemption.amount,
    ...(programme.rewards.get(redemption.reward)?.delivered === true && { delivery: 'pending' }),
    ...issued(redemption, at, versions),
  };
  const next = withNextChange(
    {
      ...member,
      version: seq,
      points: member.points + rest,
      held: member.held - redemption.points,
      lots: replaceLots(lots, changed),
      redemptions: redemptions.map((each) => (each.seq === redemption.seq ? done : each)),
      counters: withCounters(member.counters, counters),
    },
    at,
  );
  const explanation: ExplanationItem[] = [[NO_RULE, WHOLE_EVENT, 'hold_captured', '0', points]];
  if (rest > 0) explanation.push([NO_RULE, WHOLE_EVENT, 'rest_released', '0', rest]);
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'redeem',
    subjectSeq: redemption.seq,
    billionths,
    explanation: [...explanation, ...items],
    counters,
    entries: [
      ...(converted?.entries ?? spent.map((held) => entry('held', 'redeemed', held))),
      ...unspent.map((held) => entry('held', 'points', held)),
    ],
    changed,
    redemptions: [done],
    ...(rest > 0 && { moved: rest }),
  };
  return { state: { members: [next] }, postings: [...postings, draft] };
}

/** Until when a voucher can be used, in the days of the version that it was held in. */
function issued(
  redemption: Redemption,
  at: number,
  versions: Pick<Versions, 'version'>,
): Pick<Redemption, 'usableUntil' | 'backAt'> {
  const voucher = voucherOf(redemption, versions);
  if (voucher === undefined) return {};
  const { terms, programme } = voucher;
  const usableUntil = endOfDayAfter(programme.timeZone, at, terms.usableDays);
  return { usableUntil, ...(terms.pointsBack && { backAt: usableUntil }) };
}

/** As many of the held points as pay an amount, rounded up, so that none pays more than its rate. */
function pointsFor(redemption: Redemption, amount: number | undefined): number {
  if (amount === undefined || redemption.amount === undefined) return redemption.points;
  const held = BigInt(redemption.amount);
  return Number((BigInt(redemption.points) * BigInt(amount) + held - 1n) / held);
}

function whyNotAmount(redemption: Redemption, amount: number | undefined): Refusal | undefined {
  if (amount === undefined) return undefined;
  const pointer = '/amount';
  if (redemption.amount === undefined || currencyOf(redemption.reward) !== undefined) {
    return { code: 'not_a_tender', pointer, details: {} };
  }
  if (amount <= redemption.amount) return undefined;
  const details = { maximum: redemption.amount };
  return { code: 'capture_exceeds_hold', pointer, details };
}

function whyNotSettle({ state }: Redemption): Refusal | undefined {
  switch (state) {
    case 'held':
      return undefined;
    case 'captured':
    case 'used':
      return { code: 'redemption_already_captured', details: {} };
    case 'released':
      return { code: 'redemption_already_released', details: {} };
    case 'returned':
      return { code: 'redemption_returned', details: {} };
    case 'expired':
      return { code: 'hold_expired', details: {} };
  }
}
