/** What is known of a member when an event is decided, as far as the version's rules ask for it. */
import type { Programme } from './programme.js';
import type { Purchase, Traits } from './purchase.js';
import type { MemberState } from './state.js';

/**
 * The event with what is known of the member, to be decided and kept with it: returns and late
 * events decide on it again. Where no rule asks, nothing is added.
 */
export function withTraits(
  programme: Pick<Programme, 'asks'>,
  member: Pick<MemberState, 'profile'> | undefined,
  purchase: Purchase,
): Purchase {
  if (programme.asks.size === 0 || member === undefined) return purchase;
  return { ...purchase, traits: traitsOf(programme, member) };
}

function traitsOf(
  { asks }: Pick<Programme, 'asks'>,
  { profile }: Pick<MemberState, 'profile'>,
): Traits {
  return {
    ...(asks.has('persona') && { persona: profile?.persona }),
    ...(asks.has('birthday_month') && { birthMonth: profile?.birthMonth }),
  };
}
