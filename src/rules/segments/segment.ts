/** Segments: groups of members by the closed catalogue of criteria, one file each. */
import { hasPoints, type BalanceCriterion } from './balance.js';
import { wasBornIn, type BirthMonthCriterion } from './birth-month.js';
import { hasBoughtOf, type BoughtCriterion } from './bought.js';
import { hasJoined, type EnrolledCriterion } from './enrolled.js';
import { wasEnrolledBy, type EnrolledByCriterion } from './enrolled-by.js';
import type { SegmentFacts } from './facts.js';
import { lastBought, type LastPurchaseCriterion } from './last-purchase.js';
import { isPersona, type PersonaCriterion } from './persona.js';
import { likes, type PreferenceCriterion } from './preference.js';
import { hasBoughtOften, type PurchasesCriterion } from './purchases.js';
import { hasSpent, type SpendCriterion } from './spend.js';
import { standsIn, type TierCriterion } from './tier.js';

export type Criterion =
  | BalanceCriterion
  | BirthMonthCriterion
  | BoughtCriterion
  | EnrolledByCriterion
  | EnrolledCriterion
  | LastPurchaseCriterion
  | PersonaCriterion
  | PreferenceCriterion
  | PurchasesCriterion
  | SpendCriterion
  | TierCriterion;

export interface Segment {
  code: string;
  name: string;
  /** All of which hold for its members. */
  all: readonly Criterion[];
}

/** The segments of a version, and what has to be counted and read for them. */
export interface Segments {
  byCode: ReadonlyMap<string, Segment>;
  /** Codes of those that a rule asks for. */
  asked: ReadonlySet<string>;
  /** Whether eligible spend is counted by day. */
  countsSpend: boolean;
  /** Categories of which it is counted on what days they are bought. */
  countsBought: ReadonlySet<string>;
}

/** Whether all criteria of a segment hold for a member. */
export const isAmong = ({ all }: Segment, facts: SegmentFacts): boolean =>
  all.every((criterion) => holdsFor(criterion, facts));

function holdsFor(criterion: Criterion, facts: SegmentFacts): boolean {
  switch (criterion.kind) {
    case 'balance':
      return hasPoints(criterion, facts);
    case 'birth_month':
      return wasBornIn(criterion, facts);
    case 'bought':
      return hasBoughtOf(criterion, facts);
    case 'enrolled':
      return hasJoined(criterion, facts);
    case 'enrolled_by':
      return wasEnrolledBy(criterion, facts);
    case 'last_purchase':
      return lastBought(criterion, facts);
    case 'persona':
      return isPersona(criterion, facts);
    case 'preference':
      return likes(criterion, facts);
    case 'purchases':
      return hasBoughtOften(criterion, facts);
    case 'spend':
      return hasSpent(criterion, facts);
    case 'tier':
      return standsIn(criterion, facts);
  }
}

/** The segments that rules of the version ask for. */
export const askedSegments = ({ byCode, asked }: Segments): Segment[] =>
  [...byCode.values()].filter(({ code }) => asked.has(code));

/** Whether any of them is about what members say of themselves, or where they joined. */
export const asksMember = (segments: Segments): boolean =>
  askedSegments(segments).some(({ all }) => all.some(({ kind }) => ofMember.includes(kind)));

const ofMember: readonly Criterion['kind'][] = [
  'persona',
  'preference',
  'birth_month',
  'enrolled_by',
];
