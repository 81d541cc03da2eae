/**
 * A few members, a clock and the shared limits, in which every step is decided by `act`: nothing
 * here knows a rule. Forks share what has happened and go on apart.
 */
import type { Action } from '../../rules/act.js';
import { decide } from '../decide.js';
import { sumOf } from '../../rules/explanation.js';
import type { Outcome, PostingDraft } from '../../rules/outcome.js';
import { localDate } from '../../rules/period.js';
import type { Programme } from '../../rules/programme.js';
import type { MemberState } from '../../rules/state.js';
import { withTraits } from '../../rules/traits.js';
import { movesOf, seen, withSpent, type Moving } from './dates.js';
import { newcomer } from './member.js';
import { Rooms } from './rooms.js';
import { purchaseOf, withSegments } from './purchases.js';
import type { Circumstances, Done, Step } from './step.js';

const DAY_MS = 86_400_000;
/** How long a tier is given by hand. */
const GRANT_MS = 700 * DAY_MS;
/** Who gives it. */
const staff = { id: 'audit', memberId: null };

type Versions = Extract<Action, { kind: 'accrue' }>['versions'];

export class World {
  private readonly members: Map<string, MemberState>;
  private readonly friends: Map<string, string>;
  private rooms: Rooms;
  private readonly versions: Versions;
  readonly done: Done[];

  constructor(
    readonly programme: Programme,
    public now: number,
    from?: World,
  ) {
    this.members = new Map(from?.members);
    this.friends = new Map(from?.friends);
    this.rooms = from?.rooms ?? new Rooms(programme);
    this.done = [...(from?.done ?? [])];
    this.versions = { at: () => programme, version: () => programme };
  }

  /** The same world once more, to go on in another way, by another programme if need be. */
  fork(programme: Programme = this.programme): World {
    return new World(programme, this.now, this);
  }

  member(who: string): MemberState {
    const member = this.members.get(who);
    if (member === undefined) throw new Error(`invariant: ${who} joins before anything else`);
    return member;
  }

  /** Makes a member otherwise, as if more had happened to them than did here. */
  alter(who: string, change: (member: MemberState) => MemberState): void {
    this.members.set(who, change(this.member(who)));
  }

  /** Does a step, and tells what came of it; what is refused changes nothing but time. */
  take(step: Step): Done {
    const done = this.decide(step);
    this.done.push(done);
    return done;
  }

  private decide(step: Step): Done {
    switch (step.kind) {
      case 'wait':
        this.now = Math.max(this.now, step.until);
        return { ...this.nothing(step), tier: '' };
      case 'enrol':
        this.enrol(step.who, step.friendOf);
        return this.nothing(step);
      case 'sell-on':
        return { ...this.nothing(step), money: -step.back };
      case 'grant':
        return this.act(step, [step.who], {
          kind: 'grant',
          at: this.now,
          tier: step.tier,
          until: this.now + GRANT_MS,
          reason: [...this.programme.staff.reasons.keys()][0] ?? '',
          requester: staff,
        });
      case 'buy':
      case 'do':
        return this.accrue(step);
      case 'return': {
        const { at, versions } = { at: this.now, versions: this.versions };
        const money = this.done.find(
          (each) =>
            each.seq === step.purchase && each.step.kind === 'buy' && each.step.who === step.who,
        )?.money;
        const action = { kind: 'return', at, occurredAt: at, purchase: step.purchase } as const;
        return { ...this.act(step, [step.who], { ...action, versions }), money: -(money ?? 0) };
      }
      case 'redeem':
        return this.redeem(step);
      case 'coupon': {
        const single = `coupon/${String(this.done.length)}`;
        const { coupon, who } = step;
        const action = { kind: 'coupon', at: this.now, coupon, until: Infinity, single } as const;
        return this.act(step, [who], action, new Map([[single, 0]]));
      }
      case 'give':
        return this.act(step, [step.who, step.to], {
          kind: 'transfer',
          at: this.now,
          points: step.points,
        });
      case 'refer':
        return this.refer(step);
      case 'see':
        this.alter(step.who, (member) => seen(member, this.now));
        return this.nothing(step);
      case 'convert':
      case 'bring':
      case 'expire':
      case 'lapse':
        return this.moved(step);
    }
  }

  private refer(step: Extract<Step, { kind: 'refer' }>): Done {
    const referrer = this.friends.get(step.who);
    if (referrer === undefined) throw new Error('invariant: a friend was brought by somebody');
    const action = { kind: 'refer', at: this.now, versions: this.versions } as const;
    return this.act(step, [step.who, referrer], action);
  }

  private enrol(who: string, friendOf: string | undefined): void {
    const { programme, now } = this;
    const member = newcomer(programme, who, now);
    if (friendOf === undefined) {
      this.members.set(who, member);
      return;
    }
    this.friends.set(who, friendOf);
    const endsAt = now + (programme.referral?.qualifyMs ?? 0);
    // Nothing is known that ties the two together: whoever plays the programme sees to that.
    const known = { independent: true, circle: false };
    const claim = { claimedAt: now, versionNo: programme.no, state: 'claimed', endsAt } as const;
    this.members.set(who, { ...member, referral: { ...claim, ...known } });
  }

  private accrue(step: Extract<Step, { kind: 'buy' | 'do' }>): Done {
    const { how, who } = step;
    const { programme, now: at } = this;
    const member = this.known(who, how);
    const purchase = withSegments(
      programme,
      withTraits(programme, member, purchaseOf(step), { at, occurredAt: at, luck: () => 0 }),
      how,
    );
    this.members.set(who, member);
    const action = { kind: 'accrue', at, occurredAt: at, purchase } as const;
    const done = this.act(step, [who], { ...action, versions: this.versions });
    if (done.refused !== undefined) return done;
    const { version, earned } = this.member(who);
    this.members.set(who, { ...this.member(who), earned: new Set([...(earned ?? []), version]) });
    return { ...done, seq: version, money: step.kind === 'buy' ? step.amount : 0 };
  }

  /** The member as the circumstances say they are. */
  private known(who: string, { persona, birthday }: Circumstances): MemberState {
    const member = this.member(who);
    const { month } = localDate(this.programme.timeZone, this.now);
    const birthMonth = birthday === true ? month : undefined;
    return { ...member, profile: { persona, birthMonth, preferences: [] } };
  }

  private redeem(step: Extract<Step, { kind: 'redeem' }>): Done {
    const { now: at, programme, versions } = this;
    const { who, reward } = step;
    const held = this.act(step, [who], { kind: 'hold', at, retailer: '', reward });
    if (held.refused !== undefined) return held;
    const redemption = this.member(who).version;
    const spent = this.member(who).redemptions ?? [];
    const captured = this.act(step, [who], { kind: 'capture', at, redemption, versions });
    this.alter(who, (member) => withSpent(member, spent));
    return { ...captured, worth: programme.rewards.get(reward)?.valueMinor ?? 0 };
  }

  /** What moves points that are there already: the change of those that may be spent or held. */
  private moved(step: Moving): Done {
    const { programme, now: at, versions } = this;
    const { points, held } = this.member(step.who);
    let done = this.nothing(step);
    for (const next of movesOf(programme, this.member(step.who), step, { at, versions })) {
      done = this.act(step, [step.who], next(this.member(step.who)));
      if (done.refused !== undefined) return done;
    }
    const after = this.member(step.who);
    const change = after.points + after.held - points - held;
    return { ...done, billionths: BigInt(change) * 1_000_000_000n };
  }

  private act(
    step: Step,
    who: readonly string[],
    action: Action,
    limits?: ReadonlyMap<string, number>,
  ): Done {
    const { programme, rooms } = this;
    const members = who.map((name) => this.member(name));
    const state = { members, left: rooms, rest: rooms, ...(limits && { limits }) };
    const outcome = decide(programme, state, action);
    outcome.state.members.forEach((member, no) => this.members.set(who[no] ?? '', member));
    this.rooms = rooms.without(outcome.postings.flatMap(({ shared = [] }) => shared));
    return { ...this.nothing(step), ...told(programme, outcome) };
  }

  private nothing(step: Step): Done {
    const tier = 'who' in step ? (this.members.get(step.who)?.tier ?? '') : '';
    const rules = new Map<string, bigint>();
    return { step, at: this.now, billionths: 0n, money: 0, worth: 0, rules, tier };
  }
}

function told(programme: Programme, { postings, refusal }: Outcome): Partial<Done> {
  const answer = postings.at(-1);
  if (refusal !== undefined) return { refused: refusal.code };
  return {
    billionths: postings.reduce((sum, each) => sum + each.billionths, 0n),
    rules: answer === undefined ? new Map() : paidBy(programme, answer),
  };
}

/** What each rule paid, by its id; the bonus of tiers and caps on everything are no rules. */
function paidBy(programme: Programme, { explanation }: PostingDraft): Map<string, bigint> {
  const paid = new Map<string, bigint>();
  for (const item of explanation) {
    const id = programme.rules[item[0]]?.id;
    if (id === undefined || item[3] === '0') continue;
    paid.set(id, (paid.get(id) ?? 0n) + sumOf([item]));
  }
  return paid;
}
