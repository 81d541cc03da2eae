/** What came of an offer: members added up one by one, into those it is for and those held out. */
import type { MemberFigures } from '../../ledger/crowds/offer-figures.queries.js';
import { isHeldOut } from '../../rules/offers/standing.js';
import type { Offer } from '../../rules/offers/offer.js';
import { Sample, uplift, type Uplift } from './sample.js';

export class OfferFigures {
  /** Net spend of members, and how many purchases each made. */
  readonly reached = { spend: new Sample(), purchases: new Sample() };
  readonly heldOut = { spend: new Sample(), purchases: new Sample() };
  /** Members who got something by it. */
  used = 0;
  paid = 0;
  billionths = 0n;
  paidSpent = 0;
  paidBack = 0;
  metFull = 0;

  constructor(private readonly offer: Pick<Offer, 'code' | 'asks' | 'review'>) {}

  add(member: MemberFigures): void {
    const { code, asks } = this.offer;
    const isOut = isHeldOut(member.memberId, code, asks.holdout);
    if (member.paid > 0) this.used += 1;
    this.paid += member.paid;
    this.billionths += member.billionths;
    this.paidSpent += member.paidSpent;
    this.paidBack += member.paidBack;
    this.metFull += member.metFull;
    // Who used it and is not of the audience any more was reached all the same.
    if (!member.isFor && (isOut || member.paid === 0)) return;
    const group = isOut ? this.heldOut : this.reached;
    group.spend.add(member.spent - member.back);
    group.purchases.add(member.purchases);
  }

  /** The part of members it is for who used it; 0 where it is for nobody. */
  get uptake(): number {
    return this.reached.spend.n === 0 ? 0 : this.used / this.reached.spend.n;
  }

  get returnShare(): number {
    return this.paidSpent === 0 ? 0 : this.paidBack / this.paidSpent;
  }

  get slotFullShare(): number {
    const met = this.paid + this.metFull;
    return met === 0 ? 0 : this.metFull / met;
  }

  /** Minor units, rounded up; undefined = the programme does not say what a point costs. */
  get cost(): number | undefined {
    const { pricePerPoint } = this.offer.review;
    if (pricePerPoint === undefined) return undefined;
    const parts = this.billionths * pricePerPoint;
    return Number((parts + PARTS - 1n) / PARTS);
  }

  upliftOf(confidence: 95 | 99): Uplift | undefined {
    return uplift(this.reached.spend, this.heldOut.spend, confidence);
  }

  /** Purchases that would not have been made, by what those who are held out buy. */
  get addedPurchases(): number | undefined {
    const { reached, heldOut } = this;
    const found = uplift(reached.purchases, heldOut.purchases, 95);
    return found === undefined ? undefined : found.difference * reached.purchases.n;
  }

  /** Minor units; Infinity where it costs something and adds nothing. */
  get costPerPurchase(): number | undefined {
    const { cost, addedPurchases: added } = this;
    if (cost === undefined || added === undefined) return undefined;
    if (added > 0) return cost / added;
    return cost > 0 ? Infinity : 0;
  }
}

/** Billionths of a point times millionths of a minor unit. */
const PARTS = 1_000_000_000_000_000n;
