/** Rewards in the golden files: had, used as vouchers, and lapsing. */
import { act } from '../../src/rules/act.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { HeldLot, State } from '../../src/rules/state.js';
import { lastOf, memberOf, versionsOf } from '../support/state.js';

interface Redeeming {
  coupon?: string;
  activates?: string;
  redeems?: string;
  uses?: { step: number; costs?: number | string };
  lapses?: { step: number };
  retailer?: string;
}

/** What a step does to a reward; undefined = it does something else. */
export function redeem(
  programme: Programme,
  state: State,
  { coupon, activates, redeems, uses, lapses, retailer = 'shop' }: Redeeming,
  { at, numbers }: { at: number; numbers: ReadonlyMap<number, number> },
): Outcome | undefined {
  const versions = versionsOf(programme);
  if (coupon !== undefined || activates !== undefined) {
    const single = 'coupon/of this step';
    const limits = new Map([[single, 0]]);
    const of = { at, until: Infinity, single };
    const action =
      coupon === undefined
        ? ({ kind: 'activate', offer: activates ?? '', ...of } as const)
        : ({ kind: 'coupon', coupon, ...of } as const);
    return act(programme, { ...state, limits }, action);
  }
  if (redeems !== undefined) {
    const held = act(programme, state, { kind: 'hold', at, retailer, reward: redeems });
    if (held.refusal !== undefined) return held;
    const redemption = memberOf(held).version;
    const spent = lastOf(held).redemptions[0]?.lots ?? [];
    const captured = act(programme, held.state, { kind: 'capture', at, redemption, versions });
    return withSpent(captured, redemption, spent);
  }
  const step = uses?.step ?? lapses?.step;
  if (step === undefined) return undefined;
  // A step that redeems leaves the hold and, next to it, the capture.
  const capture = numbers.get(step);
  if (capture === undefined) throw new Error(`step ${String(step)} has redeemed nothing`);
  const redemption = capture - 1;
  if (uses === undefined) return act(programme, state, { kind: 'lapse', at, redemption });
  const total = uses.costs === undefined ? undefined : Math.round(Number(uses.costs) * 100);
  return act(programme, state, { kind: 'use', at, redemption, retailer, total, versions });
}

/** As the ledger reads a captured redemption: with the lots that it has spent. */
function withSpent(outcome: Outcome, seq: number, lots: readonly HeldLot[]): Outcome {
  const members = outcome.state.members.map((each) => ({
    ...each,
    redemptions: each.redemptions?.map((one) => (one.seq === seq ? { ...one, lots } : one)),
  }));
  return { ...outcome, state: { ...outcome.state, members } };
}
