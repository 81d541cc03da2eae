/** Points that go in the golden files. */
import { act } from '../../src/rules/act.js';
import type { Told } from '../../src/rules/expiry/terms.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import type { MemberState, State } from '../../src/rules/state.js';

export interface Expiring {
  /** What goes by now goes; of a member who was told all dates at an instant, or never. */
  goes?: { told?: string };
}

/** What a step lets go; undefined = it does something else. */
export function expire(
  programme: Programme,
  state: State,
  { goes }: Expiring,
  at: number,
): Outcome | undefined {
  if (goes === undefined) return undefined;
  const members = state.members.map((member) => ({
    ...member,
    told: toldOf(member, goes.told),
    expired: member.expired ?? [],
  }));
  return act(programme, { ...state, members }, { kind: 'expire', at, until: at });
}

function toldOf({ lots = [], version }: MemberState, told: string | undefined): Told[] {
  if (told === undefined) return [];
  return lots.flatMap(({ expiresAt }) =>
    expiresAt === null
      ? []
      : [{ expiresAt, notice: 1, upTo: version, evidence: 'email', at: Date.parse(told) }],
  );
}
