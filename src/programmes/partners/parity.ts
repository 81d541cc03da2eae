/**
 * Law P66: for every tier, a purchase at a partner earns no more than the programme's own best, or
 * the partner pays for all that only it gives and a named person has accepted that. Fractions are
 * exact.
 */
import { MILLION, parseRate } from '../../rules/points.js';
import type { Condition, EarningRule, Partner, ProgrammeDocument, Tier } from '../document.js';
import { currencyDigits } from '../laws/currency.js';
import type { Finding } from '../laws/finding.js';
import { bestEarning } from '../laws/payout.js';
import type { Ratio } from '../laws/ratio.js';

export function partnerParity(document: ProgrammeDocument): Finding[] {
  const digits = currencyDigits(document.identity.currency);
  if (digits === undefined) return [];
  const minorOfMajor = 10n ** BigInt(digits);
  return (document.partners ?? []).flatMap((partner, place) => {
    if (partner.kind !== 'partner') return [];
    const beyond = document.tiers.find((tier) => outEarns(document, partner, tier, minorOfMajor));
    if (beyond === undefined) return [];
    const pointer = `/partners/${String(place)}`;
    if (partner.outEarns === undefined) {
      const detail = `In the tier "${beyond.code}" a purchase at "${partner.code}" earns more than one of the programme's own.`;
      return [{ code: 'partner_out_earns_own', pointer, detail }];
    }
    return unpaid(document, partner);
  });
}

/** Whether a partner's best is more than the programme's, with all conditions or without any. */
function outEarns(
  document: ProgrammeDocument,
  { code }: Partner,
  tier: Tier,
  minorOfMajor: bigint,
): boolean {
  const isHere = (retailers: readonly string[]): boolean => retailers.includes(code);
  const own = asLongAs(document, isHere);
  return [false, true].some((always) => {
    const best = (of: ProgrammeDocument, isAt: Place['isAt']): Ratio =>
      bestEarning(restricted(of, { isAt, tier, always }), minorOfMajor);
    return isMore(best(document, isHere), best(own, isOwn(document)));
  });
}

/**
 * The document without own offers that are over, may be used up, or are for a list of members, while
 * what is given only at a partner goes on: they are no equal of it.
 */
function asLongAs(document: ProgrammeDocument, isHere: Place['isAt']): ProgrammeDocument {
  const offers = new Map((document.offers ?? []).map((offer) => [offer.code, offer]));
  const daysOf = (code: string): { from: string; until: string } => {
    const { from = '', until = '9' } = offers.get(code) ?? {};
    return { from, until };
  };
  const theirs = document.earningRules.filter(
    ({ when = [] }) => when.some(({ kind }) => kind === 'retailer') && isAllowed(when, isHere),
  );
  const isEqual = ({ id, when }: EarningRule): boolean => {
    const offer = offers.get(id);
    if (offer === undefined || isAllowed(when, isHere)) return true;
    const { budget, crowding, sharedCaps } = offer;
    if ([budget, crowding, sharedCaps].some((each) => each !== undefined)) return false;
    if (offer.audience.kind === 'lists') return false;
    const { from, until } = daysOf(id);
    return theirs.every((each) => from <= daysOf(each.id).from && until >= daysOf(each.id).until);
  };
  if (theirs.length === 0) return document;
  return { ...document, earningRules: document.earningRules.filter(isEqual) };
}

/** Whether conditions let somebody at a retailer through. */
const isAllowed = (when: readonly Condition[] = [], isAt: Place['isAt']): boolean =>
  when.every((each) => each.kind !== 'retailer' || isAt(each.retailers));

const isMore = (a: Ratio, b: Ratio): boolean =>
  a.numerator * b.denominator > b.numerator * a.denominator;

/** Retailers that no partner is: the programme's own, and those that sell for it. */
function isOwn({ partners = [] }: ProgrammeDocument): (retailers: readonly string[]) => boolean {
  const others = partners.filter(({ kind }) => kind === 'partner').map(({ code }) => code);
  return (retailers) => retailers.some((code) => !others.includes(code));
}

interface Place {
  isAt: (retailers: readonly string[]) => boolean;
  tier: Tier;
  /** Whether only rules count that ask for nothing else. */
  always: boolean;
}

/** The document as a member of a tier meets it at some retailers. */
function restricted(document: ProgrammeDocument, { isAt, tier, always }: Place): ProgrammeDocument {
  const earningRules = document.earningRules.flatMap((rule): EarningRule[] => {
    const holds = (rule.when ?? []).every(
      (each) =>
        (each.kind !== 'retailer' || isAt(each.retailers)) &&
        (each.kind !== 'tier' || each.tiers.includes(tier.code)),
    );
    const rest = (rule.when ?? []).filter(({ kind }) => kind !== 'retailer' && kind !== 'tier');
    if (!holds || (always && rest.some(({ kind }) => kind !== 'category'))) return [];
    return [withConditions(rule, rest)];
  });
  return { ...document, earningRules, tiers: [tier] };
}

function withConditions(rule: EarningRule, when: Condition[]): EarningRule {
  const { when: _, ...bare } = rule;
  return when.length === 0 ? bare : { ...bare, when };
}

/** What only the partner gives and does not pay for wholly. */
function unpaid(document: ProgrammeDocument, { code, terms }: Partner): Finding[] {
  const pays = (rule: EarningRule): boolean =>
    rule.funders === undefined
      ? parseRate(terms?.share ?? '1') === MILLION
      : rule.funders.every((funder) => funder.code === code);
  return document.earningRules.flatMap((rule, place) => {
    const asked = (rule.when ?? []).flatMap((each) =>
      each.kind === 'retailer' ? [each.retailers] : [],
    );
    const isOnlyThere =
      asked.some((retailers) => retailers.includes(code)) && !asked.every(isOwn(document));
    if (!isOnlyThere || pays(rule)) return [];
    return [
      {
        code: 'partner_pays_too_little',
        pointer: `/earningRules/${String(place)}`,
        detail: `What is given only at "${code}" beyond the programme's own is paid for by "${code}".`,
      },
    ];
  });
}
