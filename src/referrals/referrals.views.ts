import { Shown } from '../platform/openapi/view.decorator.js';
import type { ReferralClaim } from '../rules/referrals/claim.js';
import type { ReferralTerms } from '../rules/referrals/terms.js';

const states = ['waiting', 'paid', 'taken_back', 'ended'] as const;

const instant = (at: number): string => new Date(at).toISOString();

class ReferralOffer {
  @Shown('whole', 'What the friend gets.')
  friendPoints: number;

  @Shown('whole', 'What the member gets.')
  referrerPoints: number;

  @Shown('whole', 'Minor units that each of the two purchases is worth at least.')
  minimumAmount: number;
}

/** Nothing of what the friend bought, and not who they are. */
export class FriendView {
  @Shown('instant')
  claimedAt: string;

  @Shown({ enum: [...states] })
  state: (typeof states)[number];

  @Shown('whole', 'What the member got for it and still has.')
  points: number;
}

export class OwnClaimView {
  @Shown('instant')
  claimedAt: string;

  @Shown({ enum: [...states] })
  state: (typeof states)[number];

  @Shown('instant', 'When it is paid if nothing comes back, as far as known.', 'optional')
  dueAt?: string;

  @Shown('text', 'Why it came to nothing.', 'optional')
  reason?: string;
}

export class ReferralsView {
  @Shown('text', "The member's own code, to give to friends.")
  code: string;

  @Shown(ReferralOffer, 'Null while the programme pays for no friends.', 'nullable')
  offer: ReferralOffer | null;

  @Shown([FriendView], 'Friends who claimed the code, newest first; 200 at most.')
  friends: FriendView[];

  @Shown(OwnClaimView, 'Whose code the member claimed, if any.', 'optional')
  own?: OwnClaimView;
}

export function referralsView(
  code: string,
  terms: ReferralTerms | undefined,
  friends: readonly ReferralClaim[],
  own: ReferralClaim | undefined,
): ReferralsView {
  return {
    code,
    offer:
      terms === undefined
        ? null
        : {
            friendPoints: terms.friendPoints,
            referrerPoints: terms.referrerPoints,
            minimumAmount: terms.minimumMinor,
          },
    friends: friends.map((claim) => ({
      claimedAt: instant(claim.claimedAt),
      state: stateOf(claim),
      points: claim.paid?.referrer.points ?? 0,
    })),
    ...(own !== undefined && { own: ownClaimView(own) }),
  };
}

export const ownClaimView = (claim: ReferralClaim): OwnClaimView => ({
  claimedAt: instant(claim.claimedAt),
  state: stateOf(claim),
  ...(claim.dueAt !== undefined && { dueAt: instant(claim.dueAt) }),
  ...(claim.reason !== undefined && { reason: wordOf(claim.reason) }),
});

/** Signs that two members are one are not named: whoever tries would learn which to hide. */
const wordOf = (reason: NonNullable<ReferralClaim['reason']>): string =>
  reason === 'not_independent' || reason === 'circle' ? 'not_eligible' : reason;

function stateOf({ state }: ReferralClaim): (typeof states)[number] {
  if (state === 'claimed') return 'waiting';
  return state === 'kept' ? 'paid' : state;
}
