/** Members of scenarios before anything has happened to them. */
import type { Programme } from '../../src/rules/programme.js';
import type { ReferralClaim } from '../../src/rules/referrals/claim.js';
import type { MemberState } from '../../src/rules/state.js';
import { aMember } from '../support/state.js';

/** A member without postings, whose id follows from a name. */
export function newcomer(name: string): MemberState {
  const hex = Buffer.from(name).toString('hex').slice(0, 12).padStart(12, '0');
  const memberId = `0a1b2c3d-0000-4000-8000-${hex}`;
  return { ...aMember({ memberId }), history: [], purchases: new Map(), earned: new Set() };
}

/** A claim of a friend whom nothing ties to who referred them. */
export const aClaim = (programme: Programme, claimedAt: number): ReferralClaim => ({
  claimedAt,
  versionNo: programme.no,
  state: 'claimed',
  independent: true,
  circle: false,
  endsAt: claimedAt + (programme.referral?.qualifyMs ?? 0),
});
