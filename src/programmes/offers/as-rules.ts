/**
 * An offer is an earning rule that runs for some time and for some members: the laws of rules are
 * the laws of offers, and the core decides it as one.
 */
import { asSilence } from '../inactivity/compile.js';
import type { Condition, EarningRule, Offer, ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';
import { atSurprise, offersOf } from './surprises.js';

/**
 * The document with its surprises among its offers, and those behind its rules, as rules; what asks
 * for a stage that there is asks for its silence.
 */
export function withOffersAsRules(document: ProgrammeDocument): ProgrammeDocument {
  const { earningRules } = document;
  const offers = offersOf(document);
  if (offers.length === 0) return asSilence(document);
  return asSilence({
    ...document,
    offers,
    earningRules: [...earningRules, ...offers.map(ruleOf)],
  });
}

function ruleOf(offer: Offer): EarningRule {
  const { code, name, pays, audience, when = [], lane, caps, coolDownHours, funders } = offer;
  const conditions = [...when, ...conditionOf(audience)];
  const base = {
    id: code,
    name,
    ...(conditions.length > 0 && { when: conditions }),
    ...(lane !== undefined && { lane }),
    ...(caps !== undefined && { caps }),
    ...(coolDownHours !== undefined && { coolDownHours }),
    ...(funders !== undefined && { funders }),
  };
  return pays.kind === 'per_amount' ? { ...pays, ...base, qualifies: false } : { ...pays, ...base };
}

function conditionOf(audience: Offer['audience']): Condition[] {
  switch (audience.kind) {
    // Who is on a list is no condition of a rule: the offer itself asks for it.
    case 'lists':
    case 'all':
      return [];
    case 'tiers':
      return [{ kind: 'tier', tiers: audience.tiers }];
    case 'segments':
      return [{ kind: 'segment', segments: audience.segments }];
    case 'personas':
      return [{ kind: 'persona', personas: audience.personas }];
  }
}

/** What is wrong with a rule that is an offer, where the offer says it. */
export function atOffer(document: ProgrammeDocument, found: Finding): Finding {
  return atSurprise(document, ofOffer(document, found));
}

function ofOffer(document: ProgrammeDocument, found: Finding): Finding {
  const { earningRules } = document;
  const offers = offersOf(document);
  const match = /^\/earningRules\/(\d+)(\/.*)?$/.exec(found.pointer);
  const place = Number(match?.[1] ?? 0) - earningRules.length;
  const offer = offers[place];
  if (match === null || offer === undefined) return found;
  return { ...found, pointer: `/offers/${String(place)}${fieldOf(offer, match[2] ?? '')}` };
}

/** Fields that an offer has as a rule has them. */
const own = ['lane', 'caps', 'coolDownHours', 'name', 'funders'];

function fieldOf({ when = [] }: Offer, path: string): string {
  const [, field = '', place, ...rest] = path.split('/');
  if (field === 'id') return '/code';
  if (field === '' || own.includes(field)) return path;
  if (field !== 'when') return `/pays${path}`;
  if (place === undefined || Number(place) < when.length) return path;
  return ['/audience', ...rest].join('/');
}
