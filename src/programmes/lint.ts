/**
 * The laws a document of the right shape must keep before it can be published. Each is a pure
 * function that says what breaks it and where; the README numbers them.
 */
import { boundedCategories, boundsInOrder } from './bounds/laws.js';
import type { ProgrammeDocument } from './document.js';
import { bonuses, tenders } from './laws/earning.js';
import { activityRules, conditionNames, conditionSense, laneRules } from './laws/conditions.js';
import type { Finding } from './laws/finding.js';
import { gifts } from './market/gifts.js';
import { desires, labels } from './laws/labels.js';
import { ladder, replacedTiers, reviewTerms, tierBenefits, waysOfTiers } from './laws/ladder.js';
import { moreEarnsMore } from './laws/more.js';
import { payout } from './laws/payout.js';
import {
  conversionCircles,
  conversionCover,
  conversionLimits,
  conversionTerms,
} from './conversions/laws.js';
import { partnerParity } from './partners/parity.js';
import { channelNeutrality, partnerTerms } from './partners/laws.js';
import { earningNames, moneyAndClock, rewardTiers, uniqueCodes } from './laws/references.js';
import {
  formerPrices,
  rewardDays,
  rewardKinds,
  tenderTerms,
  voucherTerms,
} from './laws/rewards.js';
import { velocityGuards } from './guards/laws.js';
import { inactivityStages } from './inactivity/laws.js';
import { tierNotices } from './notices/laws.js';
import { expiryNotices, jurisdictions, silences } from './expiry/laws.js';
import { meteredReductions } from './metered/laws.js';
import { askedSegments, segmentCriteria } from './segments/laws.js';
import { staffLimits } from './laws/staff.js';
import { atOffer, withOffersAsRules } from './offers/as-rules.js';
import { offerLaws } from './offers/offer-laws.js';
import { reviewLaws } from './offers/review-laws.js';
import { surpriseFunders, surpriseLaws } from './offers/surprises.js';
import { referralDays, referralLimits, referralPays } from './market/referral.js';
import { saleLimits, salePackages, salePrice } from './market/sales.js';
import { freePoints, transferLimits } from './market/transfers.js';

export type { Finding };

const laws: readonly ((document: ProgrammeDocument) => Finding[])[] = [
  uniqueCodes,
  moneyAndClock,
  earningNames,
  conditionNames,
  conditionSense,
  activityRules,
  laneRules,
  meteredReductions,
  segmentCriteria,
  askedSegments,
  rewardTiers,
  labels,
  desires,
  ladder,
  waysOfTiers,
  reviewTerms,
  tierNotices,
  tierBenefits,
  replacedTiers,
  bonuses,
  moreEarnsMore,
  tenders,
  payout,
  staffLimits,
  expiryNotices,
  silences,
  jurisdictions,
  rewardKinds,
  rewardDays,
  tenderTerms,
  formerPrices,
  voucherTerms,
  inactivityStages,
  gifts,
  offerLaws,
  reviewLaws,
  surpriseLaws,
  surpriseFunders,
  transferLimits,
  freePoints,
  referralLimits,
  referralDays,
  referralPays,
  saleLimits,
  salePrice,
  salePackages,
  conversionTerms,
  conversionLimits,
  conversionCircles,
  conversionCover,
  partnerTerms,
  partnerParity,
  channelNeutrality,
  boundedCategories,
  boundsInOrder,
  velocityGuards,
];

/** Everything that keeps a document from being published; nothing for a sound one. */
export function lintDocument(document: ProgrammeDocument): Finding[] {
  const whole = withOffersAsRules(document);
  return laws.flatMap((law) => law(whole)).map((found) => atOffer(document, found));
}
