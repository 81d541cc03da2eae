/**
 * What members, tills and staff did, read off postings: the questions that were put to the engine, not
 * its answers. What time alone or a decision brought about is left out, as it comes about again.
 */
import { currencyOf } from '../../rules/conversions/terms.js';
import type { Purchase } from '../../rules/purchase.js';
import type { ReasonCode } from '../../rules/explanation.js';
import type { ReturnedLine } from '../../rules/state.js';
import type { Recorded } from './recorded.js';

interface Placed {
  /** Number of the posting that was made of it. */
  seq: number;
  /** When it was recorded. */
  at: number;
}

export interface Bought extends Placed {
  kind: 'accrue';
  occurredAt: number;
  purchase: Purchase;
  /** The version that decided it. */
  versionNo: number;
  /** Numbers of redemptions that were used on it. */
  redemptions: readonly number[];
}

export interface BroughtBack extends Placed {
  kind: 'return';
  occurredAt: number;
  purchase: number;
  lines: readonly ReturnedLine[];
  /** Redemptions that were given back whole; undefined = by the share of what came back. */
  redemptions: readonly number[] | undefined;
}

export type Happening =
  | Bought
  | BroughtBack
  | (Placed & { kind: 'hold'; reward: string; retailer: string; points: number })
  | (Placed & { kind: 'capture'; redemption: number; amount: number | undefined })
  | (Placed & { kind: 'release' | 'lapse'; redemption: number })
  | (Placed & { kind: 'use'; redemption: number; retailer: string; purchase: number | undefined })
  | (Placed & { kind: 'grant'; tier: string; until: number })
  | (Placed & { kind: 'expire' })
  /** What a guard withheld of an event was let go; by the version that decided the event. */
  | (Placed & { kind: 'clear'; event: number; versionNo: number })
  /** Points that came or went by what no rule decides. */
  | (Placed & { kind: 'carry'; points: number; what: string })
  /** That time was looked at: holds that are over, reviews that are due. */
  | (Placed & { kind: 'settle' })
  /** What nothing can be decided of, as what was bought is erased. */
  | (Placed & { kind: 'erased' });

const carried: readonly string[] = [
  ...['adjust', 'award', 'transfer', 'refer', 'sell', 'convert', 'reinstate'],
];

/** What postings were made of; `before` is the one that goes before the first. */
export function happenings(
  postings: readonly Recorded[],
  before: Recorded | undefined,
): Happening[] {
  const converting = new Set<number>();
  let last = before;
  return postings.flatMap((posting): Happening[] => {
    const previous = last;
    last = posting;
    const { seq, recordedAt: at, kind } = posting;
    if (kind === 'redeem' && converting.has(posting.subjectSeq ?? 0)) {
      return [{ kind: 'carry', seq, at, points: movedBy(posting, previous), what: 'convert' }];
    }
    const found = happeningOf(posting, previous);
    const isConverting = found?.kind === 'hold' && currencyOf(found.reward) !== undefined;
    if (!isConverting) return found === undefined ? [] : [found];
    // Points on their way to a partner's currency: they go once that has confirmed it.
    converting.add(seq);
    return [];
  });
}

function happeningOf(posting: Recorded, before: Recorded | undefined): Happening | undefined {
  const { seq, kind, recordedAt: at, occurredAt, versionNo, purchase, effects } = posting;
  const placed = { seq, at };
  if (kind !== 'accrue' && carried.includes(kind)) {
    const points = movedBy(posting, before);
    // What an event that came late brings back comes of that event.
    if (says(posting, 'was_not_silent')) return undefined;
    // What waited for a partner is decided as if the partner had paid at once.
    if (points === 0 || says(posting, 'partner_paid')) return { ...placed, kind: 'settle' };
    return { ...placed, kind: 'carry', points, what: kind };
  }
  const redemption = posting.subjectSeq ?? 0;
  switch (kind) {
    case 'accrue': {
      if (purchase === undefined) return { ...placed, kind: 'erased' };
      const redemptions = (effects.redemptions ?? []).map(([first]) => Number(first));
      return { ...placed, kind, occurredAt, purchase, versionNo, redemptions };
    }
    case 'return':
      return broughtBack(posting);
    case 'hold': {
      const [, retailer, reward, points] = effects.redemptions?.[0] ?? [];
      const what = { reward: String(reward), retailer: String(retailer), points: Number(points) };
      return { ...placed, kind, ...what };
    }
    case 'redeem':
      return redeemed(posting);
    case 'release':
      if (says(posting, 'hold_released')) return { ...placed, kind, redemption };
      return says(posting, 'voucher_lapsed')
        ? { ...placed, kind: 'lapse', redemption }
        : { ...placed, kind: 'settle' };
    case 'review': {
      const { granted } = effects;
      if (granted === undefined) return { ...placed, kind: 'settle' };
      return { ...placed, kind: 'grant', tier: granted[0], until: granted[1] };
    }
    case 'expire':
      return { ...placed, kind };
    case 'clear':
      return { ...placed, kind, event: posting.subjectSeq ?? 0, versionNo };
    // Corrections come of the event that they go with.
    case 'correct':
      return undefined;
    default:
      return { ...placed, kind: 'settle' };
  }
}

function broughtBack({ seq, recordedAt, occurredAt, subjectSeq, effects }: Recorded): BroughtBack {
  const back = effects.redemptions ?? [];
  const isShare = back.some(([, , , , state]) => state !== 'returned');
  return {
    kind: 'return',
    seq,
    at: recordedAt,
    occurredAt,
    purchase: subjectSeq ?? 0,
    lines: (effects.returned?.[1] ?? []).map(([line, quantity, amount]) => ({
      line,
      quantity,
      amount,
    })),
    redemptions: isShare ? undefined : back.map(([first]) => Number(first)),
  };
}

function redeemed(posting: Recorded): Happening | undefined {
  const { seq, recordedAt: at, subjectSeq, effects } = posting;
  const redemption = subjectSeq ?? 0;
  const [, , , , , , purchase, , amount, , , , usedBy] = effects.redemptions?.[0] ?? [];
  if (says(posting, 'hold_captured')) {
    const paid = amount === null || amount === undefined ? undefined : Number(amount);
    return { kind: 'capture', seq, at, redemption, amount: paid };
  }
  if (!says(posting, 'voucher_used')) return undefined;
  const number = purchase === null || purchase === undefined ? undefined : Number(purchase);
  return { kind: 'use', seq, at, redemption, retailer: String(usedBy), purchase: number };
}

const says = ({ explanation }: Recorded, code: ReasonCode): boolean =>
  explanation.some((item) => item[2] === code);

/** Whole points by which a posting changed what a member has, debts counted. */
function movedBy({ after }: Recorded, before: Recorded | undefined): number {
  const had = ({ points, held, owed }: Recorded['after']): number => points + held - owed;
  return had(after) - (before === undefined ? 0 : had(before.after));
}
