/** From the published document to what the core reads: rates parsed, look-ups made, units plain. */
import type { StaffLimits } from '../rules/limits.js';
import type { Programme } from '../rules/programme.js';
import { compileCoupons, couponBudgets } from './compile/gifts.js';
import { compileVelocity } from './compile/guards.js';
import { compileLadder, compileTiers } from './compile/ladder.js';
import { compilePointSales, compileReferral, compileTransfers } from './compile/market.js';
import { compileExpiry } from './expiry/compile.js';
import { compileConversions } from './conversions/compile.js';
import { compilePartners } from './partners/compile.js';
import { compileInactivity } from './inactivity/compile.js';
import { compileRewards, compileTender, sharedLimits } from './compile/rewards.js';
import { compileCaps, compileEarning } from './compile/rules.js';
import { compileOffers, limitsOfOffers } from './offers/compile-offers.js';
import { withOffersAsRules } from './offers/as-rules.js';
import { compileSegments } from './segments/compile.js';
import type * as written from './document.js';
import { currencyDigits } from './laws/currency.js';

const MINUTE_MS = 60_000;
/** How long given back points stay whose expiry has passed, where a document does not say. */
const RETURN_GRACE_DAYS = 30;

/**
 * Compiles a document that `checkDocument` accepted; another one breaks an invariant.
 * `effectiveAt` is in milliseconds since 1970 UTC, `no` counts from 1; `earlier` is the version
 * before.
 */
export function compileProgramme(
  document: written.ProgrammeDocument,
  version: { no: number; effectiveAt: number; earlier?: Programme | undefined },
): Programme {
  const { identity, earningBasis } = document;
  const tiers = compileTiers(document);
  const earning = compileEarning(withOffersAsRules(document));
  return {
    no: version.no,
    effectiveAt: version.effectiveAt,
    code: identity.code,
    name: identity.name,
    currency: identity.currency,
    currencyDigits: sound(currencyDigits(identity.currency)),
    timeZone: identity.timeZone,
    pointName: { one: identity.pointName.one, other: identity.pointName.other },
    thanks: [...document.thanks],
    categories: new Map(
      document.categories.map(({ code, name, treatment }) => [code, { code, name, treatment }]),
    ),
    taxEarns: earningBasis.tax === 'included',
    excludedTenders: new Set(earningBasis.excludedTenders),
    ...earning,
    velocity: compileVelocity(document),
    offers: compileOffers(document),
    segments: compileSegments(document, earning.rules),
    personas: new Map(
      (document.personas ?? []).map(({ code, name, description }) => [
        code,
        { code, name, description },
      ]),
    ),
    preferences: new Map(
      (document.preferences ?? []).map(({ code, name }) => [code, { code, name }]),
    ),
    tiers,
    ladder: compileLadder(document, version),
    earlier: version.earlier,
    expiry: compileExpiry(document, version.earlier),
    returnWindowDays: document.returnWindowDays,
    inactivity: compileInactivity(document.inactivity),
    rewards: compileRewards(document, tiers),
    tender: compileTender(document.tender),
    coupons: compileCoupons(document),
    giftCaps: compileCaps(document.giftCaps),
    holdMs: document.redemption.holdMinutes * MINUTE_MS,
    returnGraceDays: document.returns?.graceDays ?? RETURN_GRACE_DAYS,
    late: { windowDays: document.lateEvents.windowDays, older: document.lateEvents.older },
    purchasesBeforeEnrolment: document.purchasesBeforeEnrolment,
    ...limitsOf(document),
    staff: compileStaff(document.staff ?? usualStaff),
    referral: compileReferral(document),
    pointSales: compilePointSales(document.pointSales),
    transfers: compileTransfers(document.transfers),
    conversions: compileConversions(document),
    partners: compilePartners(withOffersAsRules(document)),
  };
}

/** Shared limits of rewards, coupons and offers. */
function limitsOf(document: written.ProgrammeDocument): Pick<Programme, 'limits' | 'grains'> {
  const ofOffers = limitsOfOffers(document);
  const limits = new Map([...sharedLimits(document), ...couponBudgets(document)]);
  for (const { id, total } of ofOffers) limits.set(id, total);
  return { limits, grains: new Map(ofOffers.map(({ id, grain }) => [id, grain])) };
}

/** What holds in a programme that says nothing of staff. */
const usualStaff: written.StaffLimits = {
  reasons: [
    { code: 'goodwill', name: 'Goodwill' },
    { code: 'correction', name: 'Correction' },
  ],
  perStaffPerDay: 5_000,
  perMemberPerDay: 1_000,
  fourEyesAbove: 500,
};

function compileStaff({ reasons, ...limits }: written.StaffLimits): StaffLimits {
  const named = reasons.map(({ code, name }) => [code, { code, name }] as const);
  return { reasons: new Map(named), ...limits };
}

function sound<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('invariant: only a checked document is compiled');
  return value;
}
