/** What becomes of points when their date comes, and what is done with them before that. */
import type { Action } from '../../rules/act.js';
import type { Told } from '../../rules/expiry/terms.js';
import type { Programme } from '../../rules/programme.js';
import type { MemberState, Redemption } from '../../rules/state.js';
import type { Step } from './step.js';

type Versions = Extract<Action, { kind: 'accrue' }>['versions'];

export type Moving = Extract<Step, { kind: 'convert' | 'bring' | 'expire' | 'lapse' }>;

/** Told of the member as the act before left them. */
export type Next = (member: MemberState) => Action;

/** Actions of a step that moves points, one after the other. */
export function movesOf(
  { conversions }: Programme,
  member: MemberState,
  step: Moving,
  { at, versions }: { at: number; versions: Versions },
): Next[] {
  switch (step.kind) {
    case 'convert': {
      const { currency, points } = step;
      return [
        () => ({ kind: 'convert_out', at, retailer: '', currency, points }),
        ({ version }) => ({ kind: 'capture', at, redemption: version, versions }),
      ];
    }
    case 'bring': {
      const { currency, units } = step;
      const retailer = conversions.get(currency)?.partner ?? '';
      return [() => ({ kind: 'convert_in', at, retailer, currency, units })];
    }
    case 'expire':
      return [() => ({ kind: 'expire', at, until: at })];
    case 'lapse':
      return (member.redemptions ?? []).flatMap(({ seq, state, backAt = Infinity }): Next[] =>
        state === 'captured' && backAt <= at
          ? [() => ({ kind: 'lapse', at, redemption: seq })]
          : [],
      );
  }
}

/** The member once they have seen the dates of all that they have. */
export function seen(member: MemberState, at: number): MemberState {
  const dates = new Set((member.lots ?? []).flatMap(({ expiresAt }) => expiresAt ?? []));
  const told = member.told ?? [];
  const fresh = [...dates].map((expiresAt, place): Told => {
    const notice = told.length + place + 1;
    return { expiresAt, notice, upTo: member.version, evidence: 'shown', at };
  });
  return { ...member, told: [...told, ...fresh] };
}

/**
 * The member with the lots that paid for vouchers whose points may come back, as they are read from the
 * ledger then; `before` are redemptions as they were held.
 */
export function withSpent(member: MemberState, before: readonly Redemption[]): MemberState {
  const { redemptions = [] } = member;
  if (redemptions.every(({ backAt }) => backAt === undefined)) return member;
  const lotsOf = (seq: number): Redemption['lots'] =>
    before.find((each) => each.seq === seq)?.lots ?? [];
  return {
    ...member,
    redemptions: redemptions.map((each) =>
      each.backAt === undefined || each.lots.length > 0
        ? each
        : { ...each, lots: lotsOf(each.seq) },
    ),
  };
}
