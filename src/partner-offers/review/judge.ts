/** Law O32: whether an offer fails by its stop rule, and why, in words. Money is in minor units. */
import type { Goal, Guardrail, ReviewTerms } from '../../rules/offers/review.js';
import type { OfferFigures } from './figures.js';

export type Verdict =
  | { kind: 'no_stop_rule' | 'not_looked_at_yet' | 'too_few_members' | 'goes_on' }
  | { kind: 'fails'; why: string };

/** How numbers are told. */
export interface Words {
  money: (minor: number) => string;
  day: (instant: number) => string;
}

/** Decides by figures of an instant; the same figures come to the same. */
export function judge(
  { goal, guardrails, stop }: ReviewTerms,
  figures: OfferFigures,
  now: number,
  words: Words,
): Verdict {
  if (stop === undefined) return { kind: 'no_stop_rule' };
  if (now < stop.firstLook) return { kind: 'not_looked_at_yet' };
  if (figures.reached.spend.n < stop.minimumMembers) return { kind: 'too_few_members' };
  const reasons = [
    ...guardrails.map((guardrail) => beyond(guardrail, figures, words)),
    goal === undefined ? undefined : missed(goal, figures, { now, words }),
    goal === undefined || stop.leastShareOfGoal === undefined
      ? undefined
      : outOfReach(goal, figures, { least: stop.leastShareOfGoal, now, words }),
  ];
  const why = reasons.find((reason) => reason !== undefined);
  return why === undefined ? { kind: 'goes_on' } : { kind: 'fails', why };
}

export const percent = (share: number): string => `${String(Math.round(share * 1e4) / 100)} %`;

function beyond(
  { kind, most }: Guardrail,
  figures: OfferFigures,
  { money }: Words,
): string | undefined {
  switch (kind) {
    case 'return_share':
      return figures.returnShare > most
        ? `${percent(figures.returnShare)} of what was bought with it came back; at most ${percent(most)} may.`
        : undefined;
    case 'slot_full_share':
      return figures.slotFullShare > most
        ? `${percent(figures.slotFullShare)} of purchases found its slot full; at most ${percent(most)} may.`
        : undefined;
    case 'cost_per_purchase': {
      const cost = figures.costPerPurchase;
      if (cost === undefined || cost <= most) return undefined;
      const one = Number.isFinite(cost)
        ? `A purchase that it adds costs ${money(cost)}`
        : 'It adds no purchases';
      return `${one}; at most ${money(most)} may be paid for one.`;
    }
  }
}

/** What there is of a goal, and what there is to be; undefined = it cannot be told yet. */
export function progressOf(
  goal: Goal,
  figures: OfferFigures,
): { measured: number; target: number } | undefined {
  switch (goal.kind) {
    case 'uptake':
      return { measured: figures.uptake, target: goal.share };
    case 'purchases':
      return { measured: figures.paid, target: goal.least };
    case 'uplift': {
      const found = figures.upliftOf(95);
      return found && { measured: found.difference, target: goal.minor };
    }
  }
}

function missed(
  goal: Goal,
  figures: OfferFigures,
  { now, words }: { now: number; words: Words },
): string | undefined {
  const found = progressOf(goal, figures);
  if (now < goal.by || found === undefined || found.measured >= found.target) return undefined;
  return `Its goal was missed: ${told(goal, found, figures, words)} by ${words.day(goal.by - 1)}.`;
}

/**
 * What is far from its goal already. A difference that chance may have made is given time: it is
 * looked at every day, so only one that is lower with 99 % confidence counts.
 */
function outOfReach(
  goal: Goal,
  figures: OfferFigures,
  { least, now, words }: { least: number; now: number; words: Words },
): string | undefined {
  const found = progressOf(goal, figures);
  if (now >= goal.by || found === undefined) return undefined;
  const reached = goal.kind === 'uplift' ? figures.upliftOf(99)?.high : found.measured;
  if (reached === undefined || reached >= least * found.target) return undefined;
  const need = `${percent(least)} of it is to be there by now.`;
  return `Its goal is out of reach: ${told(goal, found, figures, words)}. ${need}`;
}

function told(
  goal: Goal,
  { measured, target }: { measured: number; target: number },
  { reached }: OfferFigures,
  { money }: Words,
): string {
  switch (goal.kind) {
    case 'uptake':
      return `${percent(measured)} of ${String(reached.spend.n)} members used it, not ${percent(target)}`;
    case 'purchases':
      return `it paid for ${String(measured)} purchases, not ${String(target)}`;
    case 'uplift':
      return `members spend ${money(measured)} more each, not ${money(target)}`;
  }
}
