/**
 * The reference model: one member by the laws of the READMEs, as naive as can be. With every
 * purchase and return the story of all of them is told anew, in the order in which they happened;
 * the points that differ by that move between lots, which are a plain list.
 */
import { DateTime, type DateTimeUnit, type DurationLike } from 'luxon';
import type { AskedBack, Back, Basket, Event, Hold, Lot, Origin, Purchase } from './terms.js';
import type { PerPurchase, Terms, Version } from './terms.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Billionths. */
const POINT = 1_000_000_000n;

const ended = {
  captured: 'redemption_already_captured',
  released: 'redemption_already_released',
  expired: 'hold_expired',
  returned: 'redemption_returned',
};

/** Whatever is done answers with the code of its refusal, or undefined. */
export class Reference {
  story = tell([]);
  owed = 0;
  readonly lots: Lot[] = [];
  readonly holds: Hold[] = [];
  readonly adjusted: { at: number; size: number }[] = [];
  /** Kinds of all postings. */
  readonly postings: string[] = [];
  /** Number of the newest purchase, return or hold. */
  newest = 0;

  constructor(
    private readonly versions: readonly [Version, ...Version[]],
    private readonly enrolledAt: number,
  ) {}

  accrue(now: number, at: number, basket: Basket, uses: number[]): string | undefined {
    const { isTooLate, ...when } = this.when(now, at);
    const isEarly = at < this.enrolledAt && !when.terms.purchasesBeforeEnrolment;
    const used = this.holds.filter(({ id }) => uses.includes(id));
    if (at > now + 5 * MINUTE) return 'occurred_in_future';
    if (at < this.versions[0].from) return this.refuse(now, 'before_programme_start');
    if (isEarly) return this.refuse(now, 'before_enrolment');
    if (isTooLate) return this.refuse(now, 'event_too_late');
    const isUsable = used.every((hold) => hold.state === 'captured' && hold.usedOn === undefined);
    if (!isUsable) return 'redemption_not_usable';
    const id = this.newest + 1;
    for (const hold of used) hold.usedOn = id;
    return this.happen(now, { ...when, id, of: id, basket, back: [] });
  }

  bringBack(now: number, at: number, of: number, asked?: AskedBack[], gives?: number[]) {
    const { isTooLate, ...when } = this.when(now, at);
    const bought = this.story.purchases.get(of);
    if (bought === undefined) throw new Error('Only what was bought comes back.');
    const all = leftOf(bought).flatMap((left, line) => (isNothing(left) ? [] : [{ line }]));
    const back = comesBack(bought, asked ?? all);
    const isWhole = leftOf(bought, back).every(isNothing);
    const used = this.holds.filter((hold) => hold.usedOn === of && hold.state === 'captured');
    const given = used.filter(({ id }) => gives?.includes(id) ?? isWhole);
    if (at > now + 5 * MINUTE) return 'occurred_in_future';
    if (at < bought.at || when.place < bought.place) return 'return_before_purchase';
    if (isTooLate) return this.refuse(now, 'event_too_late');
    if (!asked && all.length === 0) return this.refuse(now, 'nothing_left_to_return');
    if (back === undefined) return 'return_exceeds_purchase';
    if (given.length < (gives?.length ?? 0)) return 'redemption_not_on_purchase';
    const { basket } = bought;
    return this.happen(now, { ...when, id: this.newest + 1, of, basket, back }, given);
  }

  hold(now: number, code: string): string | undefined {
    const { rewards, tiers, redemption } = this.termsAt(now);
    const reward = rewards.find((each) => each.code === code);
    if (reward === undefined) return 'unknown_reward';
    this.settle(now);
    const { held, qualifying } = this.story;
    const needed = tiers.findIndex((tier) => tier.code === reward.minimumTier);
    if (standing(tiers, held, qualifying) < needed) return this.refuse(now, 'tier_too_low');
    const ends = now + redemption.holdMinutes * MINUTE;
    const hold: Hold = { id: this.newest + 1, ends, state: 'held', usedOn: undefined };
    if (!this.spend(now, reward.points, hold)) return this.refuse(now, 'insufficient_points');
    this.holds.push(hold);
    this.newest = hold.id;
    return this.post('hold');
  }

  end(now: number, hold: Hold, kind: 'capture' | 'release'): string | undefined {
    this.settle(now);
    if (hold.state !== 'held') return this.refuse(now, ended[hold.state]);
    hold.state = kind === 'capture' ? 'captured' : 'released';
    return this.post(kind === 'capture' ? 'redeem' : 'release');
  }

  /** U1, U3: one member of staff adjusts. */
  adjust(now: number, points: number): string | undefined {
    const terms = this.termsAt(now);
    const { perStaffPerDay = 5_000, perMemberPerDay = 1_000 } = terms.staff ?? {};
    const recent = this.adjusted.filter(({ at }) => at > now - DAY);
    const used = total(recent.map(({ size }) => size)) + Math.abs(points);
    this.settle(now);
    if (used > perStaffPerDay) return this.refuse(now, 'staff_limit_reached');
    if (used > perMemberPerDay) return this.refuse(now, 'member_limit_reached');
    // A gift takes less than nothing, which is always there.
    if (!this.spend(now, -points)) return this.refuse(now, 'insufficient_points');
    this.open({ of: undefined, terms, at: now, until: now }, points);
    this.adjusted.push({ at: now, size: Math.abs(points) });
    return this.post('adjust');
  }

  /** R8, R9: what time alone has done counts, whether or not it was posted. */
  balance(now: number) {
    const free = this.free(now);
    const pending = pointsIn(free.filter(({ from }) => from > now));
    const held = pointsIn(this.lots.filter(({ hold }) => isOpen(hold, now)));
    return { available: pointsIn(free) - pending, pending, held, owed: this.owed };
  }

  termsAt(instant: number): Terms {
    return (this.versions.findLast(({ from }) => from <= instant) ?? this.versions[0]).document;
  }

  /** R9, R11, R14: where an event is in their order; one too old for that counts as of now. */
  private when(now: number, at: number) {
    const terms = this.termsAt(at);
    const isOld = at < now - terms.lateEvents.windowDays * DAY;
    const isLate = at < (this.story.events.at(-1)?.place ?? at);
    const days = terms.returnWindowDays;
    const until = days === 0 ? at : startOf('day', terms, at, { days: days + 1 });
    const isTooLate = isOld && terms.lateEvents.older === 'refuse';
    return { terms, at, place: isOld && isLate ? now : at, until, isTooLate };
  }

  /** R8: releases, oldest first, what has run out. */
  private settle(now: number): void {
    for (const hold of this.holds) {
      if (hold.state !== 'held' || isOpen(hold, now)) continue;
      hold.state = 'expired';
      this.post('release');
    }
  }

  /** R12: a refusal that blames no field of the request is posted. */
  private refuse(now: number, code: string): string | undefined {
    this.settle(now);
    return this.post('refused', code);
  }

  private post(kind: string, answer?: string): string | undefined {
    this.postings.push(kind);
    return answer;
  }

  /** R11: a purchase's points move with its last correction, those of others with the event. */
  private happen(now: number, event: Event, given: Hold[] = []): string | undefined {
    this.settle(now);
    this.newest = event.id;
    const { events, told, purchases: before } = this.story;
    this.story = tell([...events, event].sort((a, b) => a.place - b.place));
    const corrected = events.filter(({ id }) => told.get(id) !== this.story.told.get(id));
    this.postings.push(...corrected.map(() => 'correct'));
    const turn = ({ id }: Event): number => corrected.findLastIndex(({ of }) => of === id);
    const moves = [...this.story.purchases.values()].sort((a, b) => turn(a) - turn(b));
    const move = (each: Purchase): void => this.move(now, each, before.get(each.id)?.points ?? 0);
    moves.filter((each) => turn(each) >= 0).forEach(move);
    for (const hold of given) hold.state = 'returned';
    // R18: at their age, or for a grace where they have expired meanwhile.
    const days = (event.terms.returns?.graceDays ?? 30) + 1;
    const grace = { expires: startOf('day', event.terms, now, { days }), no: this.lots.length };
    const isOver = ({ hold, expires }: Lot) => hold && given.includes(hold) && expires <= now;
    for (const lot of this.lots.filter(isOver)) Object.assign(lot, grace);
    moves.filter((each) => turn(each) < 0).forEach(move);
    return this.post(event.id === event.of ? 'accrue' : 'return');
  }

  /** R17: a debt is paid first; points come from own lots, from others, then are owed. */
  private move(now: number, purchase: Purchase, before: number): void {
    const more = Math.max(0, purchase.points - before);
    const repaid = Math.min(this.owed, more);
    this.open(purchase, more - repaid);
    const lots = this.free(now);
    const own = lots.filter(({ of }) => of === purchase.id);
    const others = lots.filter(({ of }) => of !== purchase.id);
    this.owed += this.take([...own, ...others], before - purchase.points) - repaid;
  }

  private open({ of, terms, at, until }: Origin, left: number): void {
    const { months } = terms.expiry;
    const expires = months ? startOf('day', terms, at, { months, days: 1 }) : Infinity;
    const lot = { no: this.lots.length, of, accrued: at, from: until, expires, hold: undefined };
    if (left > 0) this.lots.push({ ...lot, left });
  }

  /** R6: what is neither held nor spent, in spending order. */
  private free(now: number): Lot[] {
    return this.lots
      .filter(({ left, hold }) => left > 0 && hold?.state !== 'captured' && !isOpen(hold, now))
      .sort((a, b) => a.expires - b.expires || a.accrued - b.accrued || a.no - b.no);
  }

  /** R7: whether what is available suffices, and is taken. */
  private spend(now: number, points: number, hold?: Hold): boolean {
    const available = this.free(now).filter(({ from }) => from <= now);
    return pointsIn(available) >= points && this.take(available, points, hold) === 0;
  }

  /** Takes points from lots in their order, for a hold or for good; answers with what is missing. */
  private take(lots: Lot[], points: number, hold?: Hold): number {
    let missing = Math.max(0, points);
    for (const lot of lots) {
      const left = Math.min(lot.left, missing);
      lot.left -= left;
      missing -= left;
      if (hold) this.lots.push({ ...lot, left, hold });
    }
    return missing;
  }
}

/** What purchases are worth and the tier they lead to, by everything that happened in its order. */
function tell(events: Event[]) {
  const purchases = new Map<number, Purchase>();
  /** What each event came to. */
  const told = new Map<number, string>();
  let held = '';
  let qualifying = 0n;
  for (const event of events) {
    const { terms, place } = event;
    const tier = terms.tiers[standing(terms.tiers, held, qualifying)]?.code ?? '';
    const begun = { ...event, items: new Map<string, bigint>(), points: 0, held, tier };
    const before = purchases.get(event.of) ?? begun;
    const purchase = { ...before, back: [...before.back, ...event.back] };
    purchase.items = itemsOf(purchase, [...purchases.values()]);
    purchases.set(event.of, purchase);
    const changes = [...purchase.items].map(([key, got]) => got - (before.items.get(key) ?? 0n));
    told.set(event.id, [held, purchase.tier, ...changes].join());
    qualifying += qualifyingIn(purchase) - qualifyingIn(before);
    if (before === begun) held = terms.tiers[standing(terms.tiers, held, qualifying)]?.code ?? '';
    else if (purchase.until > place) {
      // R19: a tier goes that was reached since the oldest purchase that can still be returned.
      const oldest = [...purchases.values()].find(({ until }) => until > place) ?? purchase;
      const left = standing(terms.tiers, oldest.held, qualifying);
      if (left < standing(terms.tiers, held, 0n)) held = terms.tiers[left]?.code ?? '';
    }
  }
  // R16: whole points follow from the exact ones of purchases in their order.
  let remainder = 0n;
  for (const purchase of purchases.values()) {
    remainder += sum([...purchase.items.values()]);
    purchase.points = Number(remainder / POINT);
    remainder %= POINT;
  }
  return { events, purchases, told, held, qualifying, remainder };
}

/** R1, R3, R4, R15: what is left of a purchase earns, and a bonus while its minimum is kept. */
function itemsOf(purchase: Purchase, others: Purchase[]): Map<string, bigint> {
  const { terms, basket, tier } = purchase;
  const { categories, earningBasis, earningRules, tiers } = terms;
  const excluded = basket.tenders.filter(({ kind }) => earningBasis.excludedTenders.includes(kind));
  const paid = total(basket.tenders.map(({ amount }) => amount)) || 1;
  const share = paid - total(excluded.map(({ amount }) => amount));
  const named = earningRules.flatMap((rule) => ('rate' in rule ? (rule.categories ?? []) : []));
  const more = millionths(tiers.find(({ code }) => code === tier)?.multiplier ?? '1') - 1_000_000n;
  const items = new Map<string, bigint>();
  const lines = leftOf(purchase).map(({ category, amount, tax }) => {
    const treatment = categories.find(({ code }) => code === category)?.treatment;
    const basis = earningBasis.tax === 'included' ? amount : amount - tax;
    return { category, minor: treatment === 'earns' ? basis : 0 };
  });
  const minor = Math.floor((total(lines.map((line) => line.minor)) * share) / paid);
  for (const rule of earningRules) {
    if (rule.kind === 'per_purchase') {
      const key = capOf(rule, purchase);
      const got = purchase.items.get(key) ?? bonusOf(rule, purchase, others);
      items.set(key, minor < rule.minimumAmount ? 0n : got);
      continue;
    }
    for (const [line, { category, minor }] of lines.entries()) {
      if (!(rule.categories?.includes(category) ?? !named.includes(category))) continue;
      const got = (BigInt(minor * share) * millionths(rule.rate) * 10n) / BigInt(paid);
      items.set(`amount ${line} ${rule.id}`, got);
      items.set(`tier ${line} ${rule.id}`, (got * more) / 1_000_000n);
    }
  }
  return items;
}

/** R5: fixed points after a cool-down, up to a cap. */
function bonusOf(rule: PerPurchase, purchase: Purchase, others: Purchase[]): bigint {
  const isGrant = ([key, got]: [string, bigint]) => key.startsWith(`${rule.id}/`) && got > 0n;
  const last = others.findLast(({ items }) => [...items].some(isGrant));
  if (last && purchase.place - last.place < rule.coolDownHours * 60 * MINUTE) return 0n;
  const cap = capOf(rule, purchase);
  const used = sum(others.map(({ items }) => items.get(cap) ?? 0n));
  const left = rule.cap.points - Number(used / POINT);
  return BigInt(Math.max(0, Math.min(rule.points, left))) * POINT;
}

const capOf = ({ id, cap: { period } }: PerPurchase, { terms, place }: Event): string =>
  `${id}/${period}@${period === 'lifetime' ? 0 : startOf(period, terms, place)}`;

/** Lines without what came back, and comes back; their tax shrinks with them. */
function leftOf({ basket, back }: Purchase, more: Back[] = []) {
  return basket.lines.map((line, no) => {
    const gone = [...back, ...more].filter((each) => each.line === no);
    const quantity = line.quantity - total(gone.map((each) => each.quantity));
    const amount = line.amount - total(gone.map((each) => each.amount));
    const tax = Math.floor((line.tax * amount) / Math.max(1, line.amount));
    return { ...line, quantity, amount, tax };
  });
}

const isNothing = ({ quantity, amount }: Omit<Back, 'line'>) => quantity === 0 && amount === 0;

/** R15: pieces bring back their share of the money; undefined = more than is left. */
function comesBack(purchase: Purchase, asked: AskedBack[]): Back[] | undefined {
  const back: Back[] = [];
  for (const { line, quantity, amount } of asked) {
    const left = leftOf(purchase, back)[line] ?? { quantity: 0, amount: 0 };
    const pieces = quantity ?? (amount === undefined ? left.quantity : 0);
    const share = Math.floor((left.amount * pieces) / left.quantity);
    const money = amount ?? (pieces === left.quantity ? left.amount : share);
    if (pieces > left.quantity || money > left.amount || pieces + money === 0) return undefined;
    back.push({ line, quantity: pieces, amount: money });
  }
  return back;
}

/** R10: the rank of the tier held, or of a higher one that is reached. */
export function standing(tiers: Terms['tiers'], held: string, qualifying: bigint): number {
  const reached = tiers.filter(({ threshold }) => BigInt(threshold) * POINT <= qualifying);
  const rank = tiers.findIndex(({ code }) => code === held);
  return Math.max(rank, reached.length - 1);
}

/** R13: the first instant of the local day, week, month or year some time later. */
function startOf(unit: DateTimeUnit, terms: Terms, at: number, later: DurationLike = {}): number {
  const zone = terms.identity.timeZone;
  const key = [unit, zone, at, ...Object.entries(later)].join();
  const start = starts.get(key);
  if (start !== undefined) return start;
  starts.set(key, DateTime.fromMillis(at, { zone }).plus(later).startOf(unit).toMillis());
  return startOf(unit, terms, at, later);
}

/** They are asked for again and again, and slow to find. */
const starts = new Map<string, number>();

const isOpen = (hold: Hold | undefined, now: number) => hold?.state === 'held' && hold.ends > now;
const millionths = (rate: string): bigint => BigInt(Math.round(Number(rate) * 1e6));
const pointsIn = (lots: Lot[]): number => total(lots.map(({ left }) => left));
const total = (parts: number[]): number => parts.reduce((a, b) => a + b, 0);
const qualifyingIn = ({ items }: Purchase): bigint =>
  sum([...items].map(([key, got]) => (key.startsWith('amount') ? got : 0n)));
const sum = (parts: bigint[]): bigint => parts.reduce((a, b) => a + b, 0n);
