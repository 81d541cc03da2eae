/**
 * A household that plays a programme by `act`, and counts what it has of it. It shares nothing with the
 * audit: neither its worlds, nor what it takes a point to be worth.
 */
import { act, type Action } from '../../../src/rules/act.js';
import { totalOf } from '../../../src/rules/limits.js';
import { isHeldOut } from '../../../src/rules/offers/standing.js';
import type { Outcome } from '../../../src/rules/outcome.js';
import type { Programme } from '../../../src/rules/programme.js';
import type { Purchase } from '../../../src/rules/purchase.js';
import type { MemberState, State } from '../../../src/rules/state.js';
import { withTraits } from '../../../src/rules/traits.js';

const PARTNER_PAID = 1_000_000_000_000;

/** What is left of shared limits; partners have paid for more than anybody earns. */
class Left extends Map<string, number> {
  constructor(
    private readonly programme: Programme,
    from: Iterable<readonly [string, number]> = [],
  ) {
    super(from);
  }

  override get(limit: string): number | undefined {
    return super.get(limit) ?? totalOf(this.programme.limits, limit) ?? PARTNER_PAID;
  }
}

/** Something that was bought and may come back. */
export interface Bought {
  who: string;
  seq: number;
  at: number;
  /** Minor units that are still paid for it in money, and by points. */
  cash: number;
  byPoints: number;
  lines: readonly number[];
}

/** What a household has had so far; minor units. */
interface Account {
  /** Money that came in for goods that are kept. */
  spent: number;
  /** Rewards, what points have paid, and units of partners. */
  had: number;
  /** What points were bought for, and what was lost on goods that were sold on. */
  lost: number;
}

export class Household {
  private members = new Map<string, MemberState>();
  private friends = new Map<string, string>();
  private left: Left;
  private account: Account = { spent: 0, had: 0, lost: 0 };
  /** What may come back, and numbers of sales that may. */
  open: readonly Bought[] = [];
  sold: readonly { who: string; seq: number; at: number; points: number; paid: number }[] = [];
  /** How often something was asked of the core. */
  acts = 0;
  /** What was done that was not refused: its kind, and a word about it. */
  done: readonly string[] = [];

  constructor(
    readonly programme: Programme,
    public now: number,
    /** Minor units of a point to whoever spends it best, by what the document pays. */
    private readonly point: number,
  ) {
    this.left = new Left(programme);
  }

  /** The same household, to go on in another way. */
  fork(): Household {
    const other = new Household(this.programme, this.now, this.point);
    other.members = new Map(this.members);
    other.friends = new Map(this.friends);
    other.left = new Left(this.programme, this.left);
    other.account = { ...this.account };
    other.open = this.open;
    other.sold = this.sold;
    other.done = this.done;
    other.acts = this.acts;
    return other;
  }

  get names(): string[] {
    return [...this.members.keys()];
  }

  member(who: string): MemberState {
    const found = this.members.get(who);
    if (found === undefined) throw new Error(`${who} has not joined.`);
    return found;
  }

  /** Minor units beyond a share of what was bought and kept. */
  taken(share: number): number {
    const { spent, had, lost } = this.account;
    return had + this.points() * this.point - lost - share * spent;
  }

  /** What there would be if whatever can come back did, without its points going with it. */
  promise(): number {
    const { spent, had, lost } = this.account;
    const back = this.open.reduce((sum, { cash }) => sum + cash, 0);
    return had + this.points() * this.point - lost - (spent - back);
  }

  private points(): number {
    return [...this.members.values()].reduce((sum, { points }) => sum + Math.max(0, points), 0);
  }

  wait(until: number): void {
    this.now = Math.max(this.now, until);
  }

  join(who: string, friendOf: string | undefined, profile: MemberState['profile']): void {
    const { programme, now } = this;
    const member = joined(programme, who, now, profile);
    this.done = [...this.done, `${who} joins${friendOf === undefined ? '' : ` by ${friendOf}`}`];
    if (friendOf === undefined || programme.referral === undefined) {
      this.members.set(who, member);
      return;
    }
    this.friends.set(who, friendOf);
    const endsAt = now + programme.referral.qualifyMs;
    const claim = { claimedAt: now, versionNo: programme.no, state: 'claimed', endsAt } as const;
    const referral = { ...claim, independent: true, circle: false };
    this.members.set(who, { ...member, referral });
  }

  /** Has a member say something else of themselves. */
  say(who: string, persona: string | undefined): void {
    const member = this.member(who);
    const { birthMonth, preferences = [] } = member.profile ?? { birthMonth: undefined };
    this.members.set(who, { ...member, profile: { persona, birthMonth, preferences } });
  }

  /** What somebody buys, or does; `occurredAt` at the latest now. The number of it, if it was taken. */
  accrue(who: string, bought: Purchase, redemptions: readonly number[] = []): number | undefined {
    const { programme, now: at } = this;
    const times = { at, occurredAt: at };
    const purchase = withTraits(programme, this.member(who), bought, { ...times, luck: () => 0 });
    const action = { kind: 'accrue', ...times, purchase, redemptions } as const;
    const { activity, lines } = bought;
    const what = activity?.kind ?? lines.map((line) => `${line.category} ${String(line.amount)}`);
    const outcome = this.act([who], { ...action, versions: this.versions }, String(what));
    if (outcome === undefined) return undefined;
    const member = this.member(who);
    const seq = member.version;
    this.members.set(who, { ...member, earned: new Set([...(member.earned ?? []), seq]) });
    if (activity !== undefined) return seq;
    const total = lines.reduce((sum, { amount }) => sum + amount, 0);
    const byPoints = bought.tenders.reduce(
      (sum, { kind, amount }) => sum + (kind === 'points' ? amount : 0),
      0,
    );
    // Stored value is still there: it is spent when it pays for something.
    const stored = lines.reduce((sum, line) => sum + (this.isStored(line) ? line.amount : 0), 0);
    const cash = Math.max(0, total - byPoints - stored);
    this.account.spent += cash;
    const kept = { who, seq, at, cash, byPoints, lines: lines.map(({ amount }) => amount) };
    this.open = [...this.open, kept];
    return seq;
  }

  private isStored({ category }: { category: string }): boolean {
    return this.programme.categories.get(category)?.treatment === 'cash_like';
  }

  /** Brings back all that is left of a purchase, or half of a line of it. */
  bringBack(bought: Bought, half?: number): void {
    const { now: at, versions } = this;
    const { who, seq, cash, byPoints } = bought;
    const amount = half === undefined ? cash : Math.floor((bought.lines[half] ?? 0) / 2);
    if (half !== undefined && (amount === 0 || amount > cash || byPoints > 0)) return;
    const lines = half === undefined ? undefined : [{ line: half, amount }];
    const action = { kind: 'return', at, occurredAt: at, purchase: seq, lines, versions } as const;
    if (this.act([who], action, `${String(seq)} back`) === undefined) return;
    const others = this.open.filter((each) => each !== bought);
    this.account.spent -= amount;
    if (half === undefined) {
      this.account.had -= byPoints;
      this.open = others;
      return;
    }
    const left = bought.lines.map((each, line) => (line === half ? each - amount : each));
    this.open = [...others, { ...bought, cash: cash - amount, lines: left }];
  }

  /** Sells on what was bought last for so many minor units. */
  sellOn(bought: Bought, back: number): void {
    this.open = this.open.filter((each) => each !== bought);
    this.account.spent -= bought.cash;
    this.account.lost += bought.cash - back;
    this.done = [...this.done, `${bought.who} sells on ${String(bought.seq)}`];
  }

  /** Whether a reward was had. */
  redeem(who: string, reward: string): boolean {
    const { now: at, programme, versions } = this;
    const held = this.act([who], { kind: 'hold', at, retailer: '', reward }, reward);
    if (held === undefined) return false;
    const redemption = this.member(who).version;
    this.act([who], { kind: 'capture', at, redemption, versions }, reward);
    this.account.had += programme.rewards.get(reward)?.valueMinor ?? 0;
    return true;
  }

  /** Points pay for a part of a purchase; what they pay, and their redemption. */
  pay(who: string, points: number, total: number): { amount: number; seq: number } | undefined {
    const { now: at, versions } = this;
    const action = { kind: 'tender', at, retailer: '', points, total } as const;
    if (this.act([who], action, String(points)) === undefined) return undefined;
    const seq = this.member(who).version;
    const held = this.member(who).redemptions?.find((each) => each.seq === seq)?.amount ?? 0;
    this.act([who], { kind: 'capture', at, redemption: seq, versions }, 'points pay');
    this.account.had += held;
    return { amount: held, seq };
  }

  convert(who: string, currency: string, points: number, worth: number): void {
    const { now: at, versions } = this;
    const action = { kind: 'convert_out', at, retailer: '', currency, points } as const;
    if (this.act([who], action, String(points)) === undefined) return;
    const redemption = this.member(who).version;
    const { redemptions } = this.member(who);
    const units = redemptions?.find(({ seq }) => seq === redemption)?.amount ?? 0;
    this.act([who], { kind: 'capture', at, redemption, versions }, `${String(units)} units`);
    this.account.had += units * worth;
  }

  /** Units that were had go for points again. */
  convertIn(who: string, currency: string, units: number, worth: number): void {
    const partner = this.programme.conversions.get(currency)?.partner ?? '';
    const action = {
      kind: 'convert_in',
      at: this.now,
      retailer: partner,
      currency,
      units,
    } as const;
    if (this.act([who], action, `${String(units)} units`) !== undefined) {
      this.account.had -= units * worth;
    }
  }

  buyPoints(who: string, points: number, paid: number): void {
    const action = { kind: 'sell', at: this.now, points, paid } as const;
    if (this.act([who], action, String(points)) === undefined) return;
    this.account.lost += paid;
    const sale = { who, seq: this.member(who).version, at: this.now, points, paid };
    this.sold = [...this.sold, sale];
  }

  refundPoints(sale: Household['sold'][number]): void {
    const { programme: soldBy, now: at } = this;
    const action = { kind: 'refund_sale', at, sale, soldBy } as const;
    if (this.act([sale.who], action, String(sale.points)) === undefined) return;
    this.account.lost -= sale.paid;
    this.sold = this.sold.filter((each) => each !== sale);
  }

  /** Whether it was taken. */
  coupon(who: string, coupon: string): boolean {
    const single = `single/${String(this.done.length)}`;
    const action = { kind: 'coupon', at: this.now, coupon, until: Infinity, single } as const;
    return this.act([who], action, coupon, new Map([[single, 0]])) !== undefined;
  }

  give(who: string, to: string, points: number): void {
    this.act([who, to], { kind: 'transfer', at: this.now, points }, `${String(points)} to ${to}`);
  }

  refer(friend: string): void {
    const referrer = this.friends.get(friend);
    if (referrer === undefined) return;
    const { now: at, versions } = this;
    this.act([friend, referrer], { kind: 'refer', at, versions }, `by ${referrer}`);
  }

  grant(who: string, tier: string, days: number): void {
    const { programme, now: at } = this;
    const [reason = ''] = programme.staff.reasons.keys();
    const requester = { id: 'staff', memberId: null };
    const until = at + days * 86_400_000;
    this.act([who], { kind: 'grant', at, tier, until, reason, requester }, tier);
  }

  private get versions(): Extract<Action, { kind: 'accrue' }>['versions'] {
    return { at: () => this.programme, version: () => this.programme };
  }

  /** Undefined = it was refused. */
  private act(
    who: readonly string[],
    action: Action,
    about: string,
    limits?: State['limits'],
  ): Outcome | undefined {
    const { left, programme } = this;
    this.acts += 1;
    const members = who.map((each) => this.member(each));
    const outcome = act(
      programme,
      { members, left, rest: left, ...(limits && { limits }) },
      action,
    );
    outcome.state.members.forEach((member, place) => this.members.set(who[place] ?? '', member));
    const uses = outcome.postings.flatMap(({ shared = [] }) => shared);
    if (uses.length > 0) {
      this.left = new Left(programme, left);
      for (const { limit, amount } of uses) {
        this.left.set(limit, (this.left.get(limit) ?? 0) - amount);
      }
    }
    if (outcome.refusal !== undefined) return undefined;
    const day = new Date(this.now).toISOString().slice(0, 16);
    this.done = [...this.done, `${day} ${who[0] ?? ''} ${action.kind} ${about}`];
    return outcome;
  }
}

/** Somebody who has just joined, is on every list, has asked for every offer and is left out of none. */
function joined(
  programme: Programme,
  who: string,
  at: number,
  profile: MemberState['profile'],
): MemberState {
  const offers = [...programme.offers.values()];
  const ids = Array.from({ length: 500 }, (_, n) => `${who}/${String(n)}`);
  const memberId = ids.find((id) =>
    offers.every(({ code, asks }) => !isHeldOut(id, code, asks.holdout)),
  );
  const none = { points: 0, held: 0, owed: 0, pending: 0, qualifying: 0n, remainder: 0n };
  return {
    ...none,
    memberId: memberId ?? who,
    status: 'active',
    enrolledAt: at,
    version: 0,
    tier: '',
    changesAt: null,
    newestAt: null,
    heardAt: null,
    lots: [],
    redemptions: [],
    counters: new Map(),
    history: [],
    purchases: new Map(),
    earned: new Set(),
    activated: new Map(offers.map(({ code }) => [code, at])),
    lists: new Set(offers.flatMap(({ asks }) => asks.lists)),
    offerPauses: [],
    profile,
  };
}
