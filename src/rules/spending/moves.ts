/**
 * What one posting moves between a member's lots and the programme's accounts: points issued pay a
 * debt first; points taken back come from their own lots, then in spending order, then are owed.
 * What staff adjust by hand pays no debt and makes none.
 */
import type { LotTerms } from '../earning/decision.js';
import type { Entry } from '../outcome.js';
import {
  lotKey as keyOf,
  type Figures,
  type GoneLot,
  type HeldLot,
  type Lot,
  type LotKey,
  type MemberState,
} from '../state.js';
import type { Grace } from './grace.js';
import { availableIn, bySpendingOrder, choose, pendingAt } from './lots.js';

/** Whose a lot is, whether or not anything is left in it. */
export type OwnedLot = Pick<Lot, 'seq' | 'origin'>;

export class Moves {
  readonly entries: Entry[] = [];
  /** Points that a debt took from what was issued. */
  repaid = 0;
  /** Points taken back that no lot had. */
  lacking = 0;
  /** Points taken back from other lots than their own. */
  fromOthers = 0;
  /** Points taken back that had gone by expiry. */
  alreadyGone = 0;
  private readonly opened: Lot[] = [];
  private readonly changed = new Map<string, Lot>();
  private owed: number;
  private expired: readonly GoneLot[];

  constructor(
    private readonly seq: number,
    private readonly member: MemberState,
  ) {
    this.owed = member.owed;
    this.expired = member.expired ?? [];
  }

  /** Issues points in a lot of their own. Nothing is opened for 0 points. */
  issue(points: number, terms: LotTerms, origin?: LotKey): void {
    if (points === 0) return;
    this.repay(this.open('issued', points, terms, origin), points);
  }

  /** Gives points by hand, in a lot of their own. */
  give(points: number, terms: LotTerms): void {
    this.open('adjusted', points, terms);
  }

  /** Brings bought points in, in a lot of their own. */
  buy(points: number, terms: LotTerms): void {
    this.open('bought', points, terms);
  }

  /** Takes points by hand from what is available, which the caller found to suffice. */
  take(points: number, at: number): void {
    const chosen = choose(this.lots(), points, at);
    if (chosen === undefined) throw new Error('invariant: what is taken was found to be available');
    this.pay(chosen, 'adjusted');
  }

  /** Takes what these lots pay away, to an account of the programme. */
  pay(parts: readonly HeldLot[], to: Entry['credit']): void {
    for (const part of parts) {
      const lot = this.lots().find((each) => keyOf(each) === keyOf(part));
      if (lot === undefined) throw new Error('invariant: what pays is chosen among open lots');
      this.spend(lot, to, part.amount);
      if (to === 'expired') {
        const { origin, funder, accruedAt, availableFrom, expiresAt } = lot;
        const terms = { funder, accruedAt, availableFrom, expiresAt };
        this.expired = [...this.expired, { ...part, origin, terms }];
      }
    }
  }

  /** Brings points back that went by expiry, at their age and to a new date; a debt comes first. */
  reinstate(gone: GoneLot, terms: LotTerms): void {
    const { seq, n, amount, origin = { seq, n } } = gone;
    const missing = this.countGone(amount, (each) => keyOf(each) === keyOf(gone));
    if (missing > 0) throw new Error('invariant: what comes back is chosen among what went');
    this.repay(this.open('issued', amount, terms, origin), amount);
  }

  /** Moves points of a lot to one of the same age that goes, or can be spent, at another time. */
  retime(part: HeldLot, changed: Partial<Pick<LotTerms, 'availableFrom' | 'expiresAt'>>): void {
    const lot = this.lots().find((each) => keyOf(each) === keyOf(part));
    if (lot === undefined) throw new Error('invariant: what is moved is chosen among open lots');
    this.spend(lot, 'issued', part.amount);
    const { seq, n, funder, accruedAt, availableFrom, expiresAt, origin = { seq, n } } = lot;
    const terms = { funder, accruedAt, availableFrom, expiresAt, ...changed };
    this.open('issued', part.amount, terms, origin);
  }

  /** Brings points in from an account of the programme, in a lot of their own; a debt comes first. */
  receive(points: number, from: Entry['debit'], terms: LotTerms): void {
    this.repay(this.open(from, points, terms), points);
  }

  /**
   * Takes back issued points: from lots that are their own, then what of those has gone by expiry,
   * which nobody owes; then from other lots, and then the debt grows.
   */
  takeBack(points: number, isOwn: (lot: OwnedLot) => boolean): void {
    const open = this.lots().filter(({ remaining, held }) => remaining > held);
    const own = open.filter(isOwn).sort(bySpendingOrder);
    const others = open.filter((lot) => !isOwn(lot)).sort(bySpendingOrder);
    const lacking = this.drain(own, points);
    const missing = this.countGone(lacking, isOwn);
    this.alreadyGone += lacking - missing;
    const owing = this.drain(others, missing);
    this.fromOthers += missing - owing;
    this.lacking += owing;
    if (owing === 0) return;
    this.owed += owing;
    this.entries.push({ debit: 'owed', credit: 'issued', amount: owing, lotSeq: null, lotN: null });
  }

  /**
   * Gives spent points back to the lot they came from; from a lot that has expired meanwhile they
   * get a lot of its age that expires at the end of the grace. Where points may go by silence, those
   * without a date get a new lot: what their member was told of the old one is not about them.
   */
  giveBack(spent: HeldLot, at: number, { endsAt, isAnew }: Grace): void {
    const lot = this.lots().find((each) => keyOf(each) === keyOf(spent));
    if (lot === undefined) throw new Error('invariant: a captured redemption names known lots');
    const isOver = lot.expiresAt === null ? isAnew : lot.expiresAt <= at;
    if (!isOver) {
      this.entries.push(this.entry('redeemed', 'points', spent.amount, lot));
      this.replace({ ...lot, remaining: lot.remaining + spent.amount });
      return;
    }
    const { funder, accruedAt, availableFrom, seq, n, origin = { seq, n } } = lot;
    const expiresAt = lot.expiresAt === null ? null : endsAt;
    const terms = { funder, accruedAt, availableFrom, expiresAt };
    this.open('redeemed', spent.amount, terms, origin);
  }

  /** The member's lots and figures after it, with what to write. `at` judges what is pending. */
  done(at: number): {
    figures: Pick<Figures, 'points' | 'held' | 'owed' | 'pending'>;
    lots: readonly Lot[] | undefined;
    expired: readonly GoneLot[] | undefined;
    opened: readonly Lot[];
    changed: readonly Lot[];
  } {
    const { member } = this;
    const moved = this.entries.reduce(
      (sum, { debit, credit, amount }) =>
        sum + (credit === 'points' ? amount : 0) - (debit === 'points' ? amount : 0),
      0,
    );
    const lots = member.lots === undefined ? undefined : this.lots();
    const opened = this.opened.map((lot) => this.changed.get(keyOf(lot)) ?? lot);
    const pending =
      lots === undefined ? member.pending + pendingAt(opened, at) : pendingAt(lots, at);
    return {
      figures: { points: member.points + moved, held: member.held, owed: this.owed, pending },
      lots,
      expired: member.expired === undefined ? undefined : this.expired,
      opened,
      changed: [...this.changed.values()].filter(({ seq }) => seq !== this.seq),
    };
  }

  private open(from: Entry['debit'], amount: number, terms: LotTerms, origin?: LotKey): Lot {
    const n = this.opened.length;
    const { funder, accruedAt, availableFrom, expiresAt } = terms;
    const lot: Lot = {
      seq: this.seq,
      n,
      funder,
      accruedAt,
      availableFrom,
      expiresAt,
      amount,
      remaining: amount,
      held: 0,
      origin,
    };
    this.entries.push(this.entry(from, 'points', amount, lot));
    this.opened.push(lot);
    return lot;
  }

  private repay(lot: Lot, points: number): void {
    const amount = Math.min(this.owed, points);
    if (amount === 0) return;
    this.owed -= amount;
    this.repaid += amount;
    this.spend(lot, 'owed', amount);
  }

  private spend(lot: Lot, to: Entry['credit'], amount: number): void {
    this.entries.push(this.entry('points', to, amount, lot));
    this.replace({ ...lot, remaining: lot.remaining - amount });
  }

  /** Takes points from lots in order; returns how many are still missing. */
  private drain(lots: readonly Lot[], points: number): number {
    let missing = points;
    for (const lot of lots) {
      const amount = Math.min(missing, availableIn(lot, Infinity));
      if (amount === 0) continue;
      this.spend(lot, 'issued', amount);
      missing -= amount;
    }
    return missing;
  }

  /** Counts points that went by expiry as gone no more; returns how many are still missing. */
  private countGone(points: number, isOwn: (lot: GoneLot) => boolean): number {
    let missing = points;
    this.expired = this.expired.flatMap((gone) => {
      const amount = isOwn(gone) ? Math.min(missing, gone.amount) : 0;
      if (amount === 0) return [gone];
      this.entries.push(this.entry('expired', 'issued', amount, gone));
      missing -= amount;
      return gone.amount === amount ? [] : [{ ...gone, amount: gone.amount - amount }];
    });
    return missing;
  }

  private lots(): Lot[] {
    return [...(this.member.lots ?? []), ...this.opened].map(
      (lot) => this.changed.get(keyOf(lot)) ?? lot,
    );
  }

  private replace(lot: Lot): void {
    this.changed.set(keyOf(lot), lot);
  }

  private entry(
    debit: Entry['debit'],
    credit: Entry['credit'],
    amount: number,
    lot: LotKey,
  ): Entry {
    return { debit, credit, amount, lotSeq: lot.seq, lotN: lot.n };
  }
}
