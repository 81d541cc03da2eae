/** What the review of an offer goes by, as the engine reads it. */
import type { Goal, Guardrail, ReviewTerms } from '../../rules/offers/review.js';
import { parseRate } from '../../rules/points.js';
import { startOfDay } from '../../rules/period.js';
import { dateOf } from '../compile/rewards.js';
import type * as written from '../document.js';

export function compileReview(
  { audience, goal, guardrails = [], stopRule, budget }: written.Offer,
  timeZone: string,
): ReviewTerms {
  return {
    audience,
    goal: goal && compileGoal(goal, timeZone),
    guardrails: guardrails.map(compileGuardrail),
    stop: stopRule && {
      firstLook: startOfDay(timeZone, dateOf(stopRule.firstLook)),
      minimumMembers: stopRule.minimumMembers,
      leastShareOfGoal:
        stopRule.leastShareOfGoal === undefined ? undefined : Number(stopRule.leastShareOfGoal),
    },
    pricePerPoint: parseRate(budget?.pricePerPoint ?? ''),
  };
}

function compileGoal(goal: written.OfferGoal, timeZone: string): Goal {
  const by = startOfDay(timeZone, dateOf(goal.by, 1));
  switch (goal.kind) {
    case 'uptake':
      return { kind: goal.kind, by, share: Number(goal.share) };
    case 'uplift':
      return { kind: goal.kind, by, minor: goal.perMember.amount };
    case 'purchases':
      return { kind: goal.kind, by, least: goal.least };
  }
}

function compileGuardrail(guardrail: written.Guardrail): Guardrail {
  const { kind, most } = guardrail;
  return { kind, most: typeof most === 'string' ? Number(most) : most.amount };
}
