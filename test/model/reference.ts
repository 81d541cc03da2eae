/**
 * The reference model: a member by the laws of the READMEs, as naive as can be. It shares no code
 * with the engine. Lots are a plain list in the order they were opened; a late event has the whole
 * story told again from its place on, and what differs afterwards is moved.
 */
import { Story, windowEnd, standing, type Back, type Happening, type Version } from './story.js';
import { DAY, endOfDay, endOfMonths, MINUTE, type Basket, type Document } from './terms.js';

export interface Lot {
  /** The purchase whose points it has; undefined for points given by staff. */
  owner: number | undefined;
  accrued: number;
  from: number;
  expires: number | null;
  left: number;
  held: number;
}

export interface Hold {
  id: number;
  points: number;
  ends: number;
  state: 'held' | 'captured' | 'released' | 'timed out' | 'given back';
  parts: { lot: Lot; amount: number }[];
  usedOn: number | undefined;
}

export interface AskedBack {
  line: number;
  quantity?: number | undefined;
  amount?: number | undefined;
}

export interface Balance {
  available: number;
  pending: number;
  held: number;
  owed: number;
}

/** R12: these blame a field of the request and leave nothing behind. */
const blaming = [
  'occurred_in_future',
  'unknown_reward',
  'redemption_not_usable',
  'redemption_not_on_purchase',
  'return_before_purchase',
  'return_exceeds_purchase',
];
const endings = {
  captured: 'redemption_already_captured',
  released: 'redemption_already_released',
  'timed out': 'hold_expired',
  'given back': 'redemption_returned',
};
const GRACE_DAYS = 30;
const usualStaff = { perStaffPerDay: 5_000, perMemberPerDay: 1_000 };

export class Reference {
  story = new Story();
  lots: Lot[] = [];
  readonly holds: Hold[] = [];
  owed = 0;
  /** Kinds of all postings, in order. */
  readonly postings: string[] = [];
  /** The model's own number of the newest purchase, return or hold. */
  newest = 0;
  private readonly adjusted: { at: number; size: number }[] = [];

  constructor(
    private readonly versions: readonly Version[],
    private readonly enrolledAt: number,
  ) {}

  /** Each action answers with the code of its refusal, or undefined. */
  accrue(now: number, occurredAt: number, basket: Basket, redemptions: readonly number[]): Answer {
    const document = this.documentAt(occurredAt, now);
    const isUsable = (id: number): boolean =>
      this.holds.some(
        (each) => each.id === id && each.state === 'captured' && each.usedOn === undefined,
      );
    const refusal =
      whyNotWhen(now, occurredAt) ??
      (occurredAt < (this.versions[0]?.from ?? 0) ? 'before_programme_start' : undefined) ??
      (occurredAt < this.enrolledAt && !document.purchasesBeforeEnrolment
        ? 'before_enrolment'
        : undefined) ??
      whyTooLate(document, now, occurredAt) ??
      (redemptions.every(isUsable) ? undefined : 'redemption_not_usable');
    if (refusal !== undefined) return this.refuse(now, refusal);
    this.settle(now);
    const place = this.placeOf(document, now, occurredAt);
    this.happen({ occurredAt, place, document, basket, back: [] }, 'accrue');
    for (const hold of this.holds) if (redemptions.includes(hold.id)) hold.usedOn = this.newest;
    return undefined;
  }

  bringBack(
    now: number,
    occurredAt: number,
    purchase: number,
    asked: readonly AskedBack[] | undefined,
    redemptions?: readonly number[],
  ): Answer {
    const document = this.documentAt(occurredAt, now);
    const worth = this.story.worths.get(purchase);
    const place = this.placeOf(document, now, occurredAt);
    const isBefore =
      worth === undefined ||
      occurredAt < worth.bought.occurredAt ||
      (this.isLate(document, now, occurredAt) && place < worth.bought.place);
    const back = comesBack(worth?.left ?? [], asked);
    const left = typeof back === 'string' ? [] : restOf(worth?.left ?? [], back);
    const used = this.holds.filter((h) => h.usedOn === purchase && h.state === 'captured');
    const isWhole = left.every(({ quantity, amount }) => quantity === 0 && amount === 0);
    const given = redemptions ?? (isWhole ? used.map(({ id }) => id) : []);
    const refusal =
      whyNotWhen(now, occurredAt) ??
      (isBefore ? 'return_before_purchase' : undefined) ??
      whyTooLate(document, now, occurredAt) ??
      (typeof back === 'string' ? back : undefined) ??
      (given.every((id) => used.some((h) => h.id === id))
        ? undefined
        : 'redemption_not_on_purchase');
    if (refusal !== undefined || typeof back === 'string') return this.refuse(now, refusal ?? '');
    this.settle(now);
    const grace = document.returns?.graceDays ?? GRACE_DAYS;
    const until = endOfDay(document.identity.timeZone, now, grace);
    this.happen({ occurredAt, place, document, purchase, back }, 'return', () => {
      for (const hold of used) if (given.includes(hold.id)) this.giveBack(hold, now, until);
    });
    return undefined;
  }

  hold(now: number, code: string): Answer {
    const document = this.documentAt(now, now);
    const reward = document.rewards.find((each) => each.code === code);
    if (reward === undefined) return this.refuse(now, 'unknown_reward');
    this.settle(now);
    const { tiers } = document;
    const needed = tiers.findIndex((tier) => tier.code === reward.minimumTier);
    if (standing(document, this.story.held, this.story.qualifying) < needed) {
      return this.refuse(now, 'tier_too_low');
    }
    const parts = this.choose(now, reward.points);
    if (parts === undefined) return this.refuse(now, 'insufficient_points');
    for (const { lot, amount } of parts) lot.held += amount;
    const ends = now + document.redemption.holdMinutes * MINUTE;
    this.postings.push('hold');
    this.newest += 1;
    const id = this.newest;
    this.holds.push({ id, points: reward.points, ends, state: 'held', parts, usedOn: undefined });
    return undefined;
  }

  end(kind: 'capture' | 'release', now: number, id: number): Answer {
    this.settle(now);
    const hold = this.holds.find((each) => each.id === id);
    if (hold === undefined) throw new Error('A hold that is ended is there.');
    if (hold.state !== 'held') return this.refuse(now, endings[hold.state]);
    this.letGo(hold, kind === 'capture' ? 'captured' : 'released');
    if (kind === 'capture') for (const { lot, amount } of hold.parts) lot.left -= amount;
    this.postings.push(kind === 'capture' ? 'redeem' : 'release');
    return undefined;
  }

  /** U1, U3: one member of staff adjusts. */
  adjust(now: number, points: number): Answer {
    const { staff = usualStaff, expiry, identity } = this.documentAt(now, now);
    this.settle(now);
    const used = this.usedByStaff(now) + Math.abs(points);
    if (used > staff.perStaffPerDay) return this.refuse(now, 'staff_limit_reached');
    if (used > staff.perMemberPerDay) return this.refuse(now, 'member_limit_reached');
    const parts = points > 0 ? [] : this.choose(now, -points);
    if (parts === undefined) return this.refuse(now, 'insufficient_points');
    for (const { lot, amount } of parts) lot.left -= amount;
    const expires =
      expiry.months === undefined ? null : endOfMonths(identity.timeZone, now, expiry.months);
    const terms = { owner: undefined, accrued: now, from: now, expires, held: 0 };
    if (points > 0) this.lots.push({ ...terms, left: points });
    this.adjusted.push({ at: now, size: Math.abs(points) });
    this.postings.push('adjust');
    return undefined;
  }

  usedByStaff(now: number): number {
    const recent = this.adjusted.filter(({ at }) => at > now - DAY);
    return recent.reduce((all, { size }) => all + size, 0);
  }

  /** R8: releases, oldest first, what has run out. */
  settle(now: number): void {
    for (const hold of this.holds) {
      if (hold.state !== 'held' || hold.ends > now) continue;
      this.letGo(hold, 'timed out');
      this.postings.push('release');
    }
  }

  /** R8, R9: what time alone has done counts, whether or not anything was posted. */
  balance(now: number): Balance {
    const balance = { available: 0, pending: 0, held: 0, owed: this.owed };
    for (const { from, left } of this.lots) balance[from > now ? 'pending' : 'available'] += left;
    for (const { state, ends, parts } of this.holds) {
      if (state !== 'held' || ends <= now) continue;
      for (const { lot, amount } of parts) {
        balance[lot.from > now ? 'pending' : 'available'] -= amount;
        balance.held += amount;
      }
    }
    return balance;
  }

  /** The tier to show: one that the version of now does not have counts as what is reached. */
  tierAt(now: number): string | undefined {
    const document = this.documentAt(now, now);
    return document.tiers[standing(document, this.story.held, this.story.qualifying)]?.code;
  }

  /** The version in force, or for what happened before the first one, that of now. */
  private documentAt(instant: number, now: number): Document {
    const at = (when: number): Version | undefined =>
      this.versions.findLast(({ from }) => from <= when);
    const version = at(instant) ?? at(now);
    if (version === undefined) throw new Error('The programme has started.');
    return version.document;
  }

  private refuse(now: number, code: string): string {
    if (blaming.includes(code)) return code;
    this.settle(now);
    this.postings.push('refused');
    return code;
  }

  private letGo(hold: Hold, state: Hold['state']): void {
    hold.state = state;
    for (const { lot, amount } of hold.parts) lot.held -= amount;
  }

  /** R6: what pays points in spending order. */
  private choose(now: number, points: number): Hold['parts'] | undefined {
    const free = inSpendingOrder(this.lots.filter(({ from }) => from <= now));
    const parts: Hold['parts'] = [];
    let missing = points;
    for (const lot of free) {
      const amount = Math.min(lot.left - lot.held, missing);
      if (amount > 0) parts.push({ lot, amount });
      missing -= amount;
    }
    return missing === 0 ? parts : undefined;
  }

  private isLate(document: Document, now: number, occurredAt: number): boolean {
    const newest = this.story.told.at(-1)?.place ?? -Infinity;
    return occurredAt < newest && !isOld(document, now, occurredAt);
  }

  /** R11, R14. */
  private placeOf(document: Document, now: number, occurredAt: number): number {
    const newest = this.story.told.at(-1)?.place ?? -Infinity;
    return occurredAt < newest && isOld(document, now, occurredAt) ? now : occurredAt;
  }

  /** Tells the story with something more in it, and moves the points that differ by that. */
  private happen(
    event: Omit<Happening, 'id' | 'purchase'> & { purchase?: number },
    kind: string,
    meanwhile: () => void = () => undefined,
  ): void {
    const { told, decided } = this.story;
    const { points: before } = this.story.wholes();
    this.newest += 1;
    const happening = { purchase: this.newest, ...event, id: this.newest };
    const earlier = told.filter(({ place }) => place <= event.place);
    const later = told.slice(earlier.length);
    if (later.length === 0) this.story.tell(happening);
    else this.story = retold([...earlier, happening, ...later]);
    const corrected = later.filter(({ id }) => decided.get(id) !== this.story.decided.get(id));
    this.postings.push(...corrected.map(() => 'correct'), kind);
    const moves = [...this.story.wholes().points]
      .map(([purchase, points]) => ({ purchase, points: points - (before.get(purchase) ?? 0) }))
      .filter(({ points }) => points !== 0);
    corrected.forEach(({ purchase }, at) => {
      const isLast = !corrected.slice(at + 1).some((next) => next.purchase === purchase);
      if (isLast) this.move(moves.filter((each) => each.purchase === purchase));
    });
    meanwhile();
    this.move(moves.filter((each) => !corrected.some((c) => c.purchase === each.purchase)));
  }

  /** R17: issued points pay a debt first; points come from own lots, from others, then are owed. */
  private move(moves: readonly { purchase: number; points: number }[]): void {
    for (const { purchase, points } of moves) {
      const worth = this.story.worths.get(purchase);
      if (worth === undefined) throw new Error('Points move for a purchase.');
      const { occurredAt: accrued, document } = worth.bought;
      const { expiry, identity } = document;
      const expires =
        expiry.months === undefined ? null : endOfMonths(identity.timeZone, accrued, expiry.months);
      if (points > 0) {
        const repaid = Math.min(this.owed, points);
        this.owed -= repaid;
        const terms = { owner: purchase, accrued, from: windowEnd(worth.bought), expires, held: 0 };
        this.lots.push({ ...terms, left: points - repaid });
      }
      const isOwn = ({ owner }: Lot): boolean => owner === purchase;
      const order = inSpendingOrder(this.lots);
      let missing = Math.max(0, -points);
      for (const lot of [...order.filter(isOwn), ...order.filter((each) => !isOwn(each))]) {
        const amount = Math.min(lot.left - lot.held, missing);
        lot.left -= amount;
        missing -= amount;
      }
      this.owed += missing;
    }
  }

  /** R18: back to the lots at their age, or for a grace where they have expired. */
  private giveBack(hold: Hold, now: number, until: number): void {
    hold.state = 'given back';
    for (const { lot, amount } of hold.parts) {
      if (lot.expires === null || lot.expires > now) lot.left += amount;
      else this.lots.push({ ...lot, expires: until, left: amount, held: 0 });
    }
  }
}

export type Answer = string | undefined;

function retold(events: readonly Happening[]): Story {
  const story = new Story();
  for (const each of events) story.tell(each);
  return story;
}

const isOld = ({ lateEvents }: Document, now: number, occurredAt: number): boolean =>
  occurredAt < now - lateEvents.windowDays * DAY;

const whyNotWhen = (now: number, occurredAt: number): Answer =>
  occurredAt > now + 5 * MINUTE ? 'occurred_in_future' : undefined;

const whyTooLate = (document: Document, now: number, occurredAt: number): Answer =>
  document.lateEvents.older === 'refuse' && isOld(document, now, occurredAt)
    ? 'event_too_late'
    : undefined;

/** R6; what is equal in all else stays in the order it was opened. */
const inSpendingOrder = (lots: readonly Lot[]): Lot[] =>
  [...lots].sort((a, b) => {
    const [first, second] = [a.expires ?? Infinity, b.expires ?? Infinity];
    return first === second ? a.accrued - b.accrued : first - second;
  });

const restOf = (left: readonly Rest[], back: readonly Back[]): Rest[] => {
  const rest = left.map(({ quantity, amount }) => ({ quantity, amount }));
  for (const { line, quantity, amount } of back) {
    const of = rest[line];
    if (of !== undefined)
      Object.assign(of, { quantity: of.quantity - quantity, amount: of.amount - amount });
  }
  return rest;
};
type Rest = Pick<Back, 'quantity' | 'amount'>;

/** What comes back of what is left: all, pieces with their share of the money, money, or both. */
function comesBack(
  left: readonly Rest[],
  asked: readonly AskedBack[] | undefined,
): Back[] | string {
  const isThere = ({ quantity, amount }: Rest): boolean => quantity > 0 || amount > 0;
  if (asked === undefined) {
    const all = left
      .map(({ quantity, amount }, line) => ({ line, quantity, amount }))
      .filter(isThere);
    return all.length === 0 ? 'nothing_left_to_return' : all;
  }
  const back: Back[] = [];
  for (const { line, ...some } of asked) {
    const rest = restOf(left, back)[line];
    const isRest = some.quantity === undefined && some.amount === undefined;
    const { quantity = isRest ? (rest?.quantity ?? 0) : 0 } = some;
    const isAll = isRest || quantity === rest?.quantity;
    const share = isAll
      ? rest?.amount
      : Math.floor(((rest?.amount ?? 0) * quantity) / (rest?.quantity ?? 1));
    const amount = some.amount ?? share ?? 0;
    if (rest === undefined || quantity > rest.quantity || amount > rest.amount)
      return 'return_exceeds_purchase';
    if (isRest && !isThere(rest)) return 'return_exceeds_purchase';
    back.push({ line, quantity, amount });
  }
  return back;
}
