/** A programme whose points become miles of a partner's, and miles points; and what a member has. */
import { act, type Action } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState, State } from '../../src/rules/state.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Conversion, ProgrammeDocument } from '../../src/programmes/document.js';
import { aLot, aMember, NOON, versionsOf } from '../support/state.js';

export const partners: NonNullable<ProgrammeDocument['partners']> = [
  {
    ...{ code: 'wheels', kind: 'partner' },
    terms: { kind: 'postpaid', price: '2', redemptionPrice: '0.5' },
  },
];

export const out: NonNullable<Conversion['out']> = {
  ...{ give: 100, get: 60, fee: 10, feeShare: '0.02', minimumPoints: 200, step: 100 },
  limits: { day: 1_000, year: 2_000, lifetime: 5_000 },
  ...{ coolDownHours: 0, answerHours: 72 },
};

export const into: NonNullable<Conversion['in']> = {
  ...{ give: 300, get: 100, minimumUnits: 300, step: 300 },
  limits: { day: 500, year: 800, lifetime: 1_000 },
};

export const miles: Conversion = {
  ...{ code: 'miles', name: 'Wheels miles', partner: 'wheels', unitWorth: '0.9', out, in: into },
};

/** So many points of a purchase, to be had since noon. */
export const withPoints = (amount: number, over: Partial<MemberState> = {}): MemberState =>
  aMember({
    ...{ version: 1, points: amount, lots: [aLot({ amount })], earned: new Set([1]) },
    ...over,
  });

/** What a programme and a member come to. */
export const doing =
  (programme: Programme) =>
  (member: MemberState, action: Action, more: Partial<State> = {}): Outcome =>
    act(programme, { members: [member], ...more }, action);

export const outOf = (points: number, at = NOON): Action => ({
  ...{ kind: 'convert_out', at, retailer: 'shop', currency: 'miles', points },
});

export const inOf = (units: number, at = NOON): Action => ({
  ...{ kind: 'convert_in', at, retailer: 'wheels', currency: 'miles', units },
});

export const ending = (
  programme: Programme,
  kind: 'capture' | 'release',
  redemption: number,
  at = NOON + 1,
): Action => ({ kind, at, redemption, versions: versionsOf(programme) });
