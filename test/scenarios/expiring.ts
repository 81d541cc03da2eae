/** Points that go in the golden files. */
import { act } from '../../src/rules/act.js';
import { adjustmentLimits } from '../../src/rules/actions/adjustment-limits.js';
import { dueOf } from '../../src/rules/expiry/silent.js';
import type { Told } from '../../src/rules/expiry/terms.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import { lotKey, type MemberState, type Renewal, type State } from '../../src/rules/state.js';

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
  const members = state.members.map((each) => {
    const member = { ...each, ...silenceOf(programme, each) };
    const told = toldOf(programme, member, goes.told);
    return { ...member, told, expired: member.expired ?? [] };
  });
  return act(programme, { ...state, members }, { kind: 'expire', at, until: at });
}

/** In a golden file points come by purchases alone, and all that have no date go by one silence. */
function silenceOf(
  { expiry, no }: Programme,
  { lots = [], presence }: MemberState,
): Pick<MemberState, 'silentLots' | 'presence'> {
  const heard = { actedAt: null, stage: 'active', silentFrom: null, mayBeTold: true } as const;
  if (expiry.kind !== 'inactivity') return {};
  const terms = { months: expiry.months, versionNo: no, cameAt: null };
  const silent = lots.filter(({ expiresAt }) => expiresAt === null);
  return {
    silentLots: new Map(silent.map((lot) => [lotKey(lot), terms])),
    presence: presence ?? heard,
  };
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

function toldOf({ timeZone }: Programme, member: MemberState, told: string | undefined): Told[] {
  if (told === undefined) return [];
  return (member.lots ?? []).flatMap((lot) => {
    const due = dueOf(timeZone, member, lot);
    const by = {
      notice: 1,
      upTo: member.version,
      evidence: 'email',
      at: Date.parse(told),
    } as const;
    return due === undefined ? [] : [{ ...due, ...by }];
  });
}
