/** Points that go in the golden files. */
import { act } from '../../src/rules/act.js';
import { adjustmentLimits } from '../../src/rules/actions/adjustment-limits.js';
import type { Told } from '../../src/rules/expiry/terms.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import type { MemberState, Renewal, State } from '../../src/rules/state.js';

export interface Expiring {
  /** What goes by now goes; of a member who was told all dates at an instant, or never. */
  goes?: { told?: string };
  /** Staff bring back points that went, until a last day. */
  reinstates?: { points: number; lastDay: string };
  /** Staff let points go later, those that would go first. */
  extends?: { points: number; lastDay: string };
}

/** What a step lets go; undefined = it does something else. */
export function expire(
  programme: Programme,
  state: State,
  { goes, reinstates, extends: later }: Expiring,
  at: number,
): Outcome | undefined {
  if (reinstates !== undefined) return renew(programme, state, at, 'reinstate', reinstates);
  if (later !== undefined) return renew(programme, state, at, 'extend', later);
  if (goes === undefined) return undefined;
  const members = state.members.map((member) => ({
    ...member,
    told: toldOf(member, goes.told),
    expired: member.expired ?? [],
  }));
  return act(programme, { ...state, members }, { kind: 'expire', at, until: at });
}

function renew(
  programme: Programme,
  { members, ...state }: State,
  at: number,
  kind: Renewal['kind'],
  asked: { points: number; lastDay: string },
): Outcome {
  const requester = { id: 'staff', memberId: null };
  const ids = adjustmentLimits(requester.id, members[0]?.memberId ?? '').map(({ id }) => id);
  const limits = new Map(ids.map((id) => [id, 0]));
  const by = { at, reason: 'goodwill', requester };
  const known = members.map((member) => ({ ...member, expired: member.expired ?? [] }));
  return act(programme, { ...state, limits, members: known }, { kind, ...by, ...asked });
}

function toldOf({ lots = [], version }: MemberState, told: string | undefined): Told[] {
  if (told === undefined) return [];
  return lots.flatMap(({ expiresAt }) =>
    expiresAt === null
      ? []
      : [{ expiresAt, notice: 1, upTo: version, evidence: 'email', at: Date.parse(told) }],
  );
}
