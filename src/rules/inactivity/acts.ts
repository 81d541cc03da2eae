/** What members do that is no event ends a silence too, for whatever is decided right behind it. */
import type { Outcome } from '../outcome.js';

/** Postings by an act of the member that is no event; of events the account knows. */
const willing: ReadonlySet<string> = new Set(['hold', 'award']);

export const isWillingAct = ({ kind }: { kind: string }): boolean => willing.has(kind);

/** The outcome with the acts that it posted noted, of members whose silence was read. */
export function withActs(outcome: Outcome): Outcome {
  const { state, postings } = outcome;
  if (state.members.every(({ presence }) => presence === undefined)) return outcome;
  const members = state.members.map((member, place) => {
    const { presence } = member;
    const acts = postings.filter((draft) => draft.member === place && isWillingAct(draft));
    if (presence === undefined || acts.length === 0) return member;
    const actedAt = Math.max(
      presence.actedAt ?? -Infinity,
      ...acts.map(({ occurredAt }) => occurredAt),
    );
    return { ...member, presence: { ...presence, actedAt } };
  });
  return { ...outcome, state: { ...state, members } };
}
