/**
 * Points become units of a partner's currency in two steps: they are held, as a reward's are, and
 * are gone once the partner confirms. What it does not confirm in time is there again. The fee is
 * held and gone with them, so a failure costs nothing.
 */
import type { Versions } from '../earning/timeline.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { placed } from '../actions/hold.js';
import { BILLION } from '../points.js';
import type { Programme } from '../programme.js';
import { barred } from '../spending/barred.js';
import { availableAt, behindFirst, choose, firstOf } from '../spending/lots.js';
import { entry, read, refused, type Settled } from '../spending/settle.js';
import type { Counter, Entry, Outcome, Refusal } from '../outcome.js';
import type { HeldLot, Lot, MemberState, Redemption } from '../state.js';
import { counterOf } from '../transfers/terms.js';
import {
  accountOf,
  before,
  conversionKeys,
  counted,
  currencyOf,
  feeOf,
  overLimit,
  rewardOf,
  told,
  turned,
  type OutTerms,
} from './terms.js';

export interface ConvertOutAction {
  kind: 'convert_out';
  /** The database's now. */
  at: number;
  /** Who asks for it. */
  retailer: string;
  /** Code of the partner's currency. */
  currency: string;
  /** Whole points that become units; the fee comes on top. */
  points: number;
}

/** Reserves the points and the fee, or says why not. */
export function convertOut(
  programme: Programme,
  settled: Settled,
  action: ConvertOutAction,
): Outcome {
  const { at, points, currency } = action;
  const terms = programme.conversions.get(currency)?.out;
  if (terms === undefined) return refused(programme, settled, action, notOffered);
  const { member } = settled;
  const fee = feeOf(terms, points);
  const lots = convertible(terms, member);
  const chosen = choose(lots, points + fee, at);
  const refusal = whyNot(programme, terms, member, action);
  if (refusal !== undefined || chosen === undefined) {
    const why = refusal ?? lacking(availableAt(lots, at), points + fee);
    return refused(programme, settled, action, why);
  }
  const units = turned(terms, points);
  const items: ExplanationItem[] = [
    [NO_RULE, WHOLE_EVENT, 'conversion_placed', '0', told(units, currency)],
  ];
  if (fee > 0) items.push([NO_RULE, WHOLE_EVENT, 'conversion_fee_held', '0', fee]);
  return placed(
    programme,
    settled,
    { at, retailer: action.retailer, holdMs: terms.answerMs },
    {
      reward: rewardOf(currency),
      points: points + fee,
      lots: chosen,
      amount: units,
      termsNo: programme.no,
    },
    items,
  );
}

const notOffered: Refusal = { code: 'conversion_not_offered', pointer: '/currency', details: {} };

const lacking = (available: number, required: number): Refusal => ({
  code: 'insufficient_points',
  details: { available, required, missing: required - available },
});

/** Lots whose points may leave: those of purchases, unless the programme lets others go too. */
function convertible({ bonusPoints }: OutTerms, member: MemberState): Lot[] {
  return read(member).lots.filter(
    ({ seq, origin }) => bonusPoints || member.earned?.has(origin?.seq ?? seq) === true,
  );
}

function whyNot(
  { timeZone }: Programme,
  terms: OutTerms,
  member: MemberState,
  { at, points, currency }: ConvertOutAction,
): Refusal | undefined {
  const { minimumPoints, step, limits, coolDownMs } = terms;
  const pointer = '/points';
  if (points < minimumPoints) {
    return { code: 'conversion_too_small', pointer, details: { minimumPoints } };
  }
  if (points % step !== 0) return { code: 'conversion_not_in_steps', pointer, details: { step } };
  const bar = barred(member);
  if (bar !== undefined) return bar;
  if (member.owed > 0) return { code: 'points_are_owed', details: {} };
  const keys = conversionKeys(currency, 'out', timeZone, at);
  const open = read(member).redemptions.filter(
    ({ state, reward }) => state === 'held' && reward === rewardOf(currency),
  );
  const from = until(open, member.counters.get(keys.last), coolDownMs);
  if (at < from) {
    return { code: 'conversion_too_soon', details: { from: new Date(from).toISOString() } };
  }
  const asked = points + feeOf(terms, points);
  const underWay = open.reduce((sum, each) => sum + each.points, 0);
  const over = overLimit(member.counters, keys, limits, { asked, open: underWay });
  return over && { code: 'conversion_limit_reached', details: over };
}

/** The end of the cool-down, which one that waits for its answer has not begun yet. */
function until(open: readonly Redemption[], last: number | undefined, coolDownMs: number): number {
  if (coolDownMs === 0) return 0;
  const ends = open.map(({ expiresAt }) => expiresAt);
  return Math.max(last === undefined || last === 0 ? 0 : last + coolDownMs, ...ends);
}

/** What a capture does beside ending the hold. */
export interface Spent {
  entries: readonly Entry[];
  items: readonly ExplanationItem[];
  billionths: bigint;
  counters: readonly Counter[];
}

/**
 * Where the points of a confirmed conversion go: to the currency, and the fee to the programme.
 * Undefined where the redemption is no conversion.
 */
export function convertedBy(
  { timeZone }: Programme,
  { counters }: MemberState,
  { reward, points, amount = 0, termsNo, lots }: Redemption,
  { at, versions }: { at: number; versions: Pick<Versions, 'version'> },
): Spent | undefined {
  const code = currencyOf(reward);
  if (code === undefined || termsNo === undefined) return undefined;
  const currency = versions.version(termsNo).conversions.get(code);
  const terms = currency?.out;
  if (currency === undefined || terms === undefined) {
    throw new Error('invariant: a conversion is held by terms of a version');
  }
  const converted = before(terms, amount);
  const fee = points - converted;
  const keys = conversionKeys(code, 'out', timeZone, at);
  const items: ExplanationItem[] = [
    [NO_RULE, WHOLE_EVENT, 'points_converted', '0', told(amount, code)],
  ];
  const billionths = -BigInt(fee) * BILLION;
  if (fee > 0) items.push([NO_RULE, WHOLE_EVENT, 'conversion_fee', billionths.toString(), fee]);
  return {
    entries: [
      ...to(accountOf(currency), firstOf(lots, converted)),
      ...to('fee', behindFirst(lots, converted)),
    ],
    items,
    billionths,
    counters: [...counted(counters, keys, points, at)].map(([key, used]) => counterOf(key, used)),
  };
}

const to = (account: Entry['credit'], parts: readonly HeldLot[]): Entry[] =>
  parts.map((part) => entry('held', account, part));
