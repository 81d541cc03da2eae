/** Somebody who has just joined, of whom everything that a rule may ask is known. */
import { isHeldOut } from '../../rules/offers/standing.js';
import type { Programme } from '../../rules/programme.js';
import type { MemberState } from '../../rules/state.js';

/** Ids tried until one is held out of no offer. */
const TRIES = 1_000;

export function newcomer(programme: Programme, name: string, at: number): MemberState {
  return {
    memberId: idFor(programme, name),
    status: 'active',
    enrolledAt: at,
    version: 0,
    points: 0,
    held: 0,
    owed: 0,
    pending: 0,
    qualifying: 0n,
    remainder: 0n,
    tier: '',
    changesAt: null,
    newestAt: null,
    heardAt: null,
    lots: [],
    redemptions: [],
    counters: new Map(),
    history: [],
    purchases: new Map(),
    earned: new Set(),
    activated: activations(programme, at),
    lists: new Set([...programme.offers.values()].flatMap(({ asks }) => asks.lists)),
    offerPauses: [],
    profile: { persona: undefined, birthMonth: undefined, preferences: [] },
  };
}

/** Whoever looks for the most activates every offer. */
const activations = ({ offers }: Programme, at: number): Map<string, number> =>
  new Map([...offers.values()].map(({ code }) => [code, at]));

function idFor({ offers }: Programme, name: string): string {
  const isIn = (id: string): boolean =>
    [...offers.values()].every(({ code, asks }) => !isHeldOut(id, code, asks.holdout));
  for (let n = 0; n < TRIES; n += 1) {
    const id = `${name}-${String(n)}`;
    if (isIn(id)) return id;
  }
  return `${name}-0`;
}
