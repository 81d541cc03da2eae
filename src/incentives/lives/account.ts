/**
 * A member's rows as the ledger would keep them, and what of them an act is given: like the ledger it hands
 * out counters, lots and past decisions only where something depends on them: copying them is what costs.
 */
import { placeOf } from '../../rules/actions/accrue.js';
import type { Outcome, PostingDraft } from '../../rules/outcome.js';
import type { Programme } from '../../rules/programme.js';
import type { Purchase } from '../../rules/purchase.js';
import { isStale } from '../../rules/spending/settle.js';
import type { HeldLot, Lot, MemberState, PastDecision, Redemption } from '../../rules/state.js';
import { countersNeeded } from '../../rules/earning/counters.js';
import { rungOf } from '../../rules/earning/tier.js';
import { dueAt, isReviewed } from '../../rules/standing/stand.js';
import { tierCounters } from '../../rules/standing/tally.js';
import { lateNeeds } from '../../rules/velocity/withhold.js';
import { Counters } from './counters.js';
import { pastDecision } from '../../rules/actions/chain.js';
import type { Action } from '../../rules/act.js';
import { spentBy } from './fold.js';

const decides: ReadonlySet<string> = new Set(['accrue', 'return', 'correct', 'review']);

/** A posting whose decision has not been asked for yet. */
interface Unread {
  draft: PostingDraft;
  recordedAt: number;
}

export class Account {
  private state: MemberState;
  private lots: Lot[];
  private redemptions: readonly Redemption[];
  private readonly history: PastDecision[];
  private readonly unread: Unread[] = [];
  readonly purchases: Map<number, Purchase>;
  private readonly counters: Counters;
  private readonly reserved: Map<number, readonly HeldLot[]>;

  constructor(member: MemberState, reserved: ReadonlyMap<number, readonly HeldLot[]>) {
    const { lots = [], redemptions = [], history = [], purchases } = member;
    this.lots = [...lots];
    this.redemptions = redemptions;
    this.history = [...history];
    this.purchases = new Map(purchases);
    this.counters = new Counters(member.counters);
    this.reserved = new Map(reserved);
    this.state = member;
  }

  /** The member with lots, redemptions and every counter, but without what was decided. */
  get member(): MemberState {
    const { lots, redemptions, counters } = this;
    return this.handed({ lots, redemptions, counters: counters.all() });
  }

  get version(): number {
    return this.state.version;
  }

  redemption(seq: number | undefined): Redemption | undefined {
    return this.redemptions.find((each) => each.seq === seq);
  }

  /** The member as an action needs them to be known. */
  for(action: Action, programme: Programme): MemberState {
    const { state } = this;
    if (action.kind === 'return' || action.kind === 'lapse') return this.whole(this.withSpent());
    if (action.kind === 'use') return this.whole();
    const until = 'occurredAt' in action ? Math.max(action.at, action.occurredAt) : action.at;
    if (action.kind === 'grant') return this.member;
    // What happened before a review that is due is late to it.
    if (mayBeReviewed(programme, state, until)) return this.whole();
    if (action.kind !== 'accrue') {
      const isIdle = action.kind === 'settle' && !isStale(state, action.at);
      const { lots, redemptions } = this;
      return this.handed(isIdle ? {} : { lots, redemptions });
    }
    const { isBehind, place } = placeOf(programme, state.newestAt, action);
    if (isBehind) return this.whole();
    const { purchase, occurredAt, at, redemptions: used = [] } = action;
    const counters = this.counters.needed([
      ...countersNeeded(programme, place, purchase, occurredAt),
      ...tierCounters([programme], place),
      ...lateNeeds(programme, { at: place, arrivedAt: at }),
    ]);
    const { expired = [] } = state;
    const isSpending =
      isStale(state, at) || used.length > 0 || expired.some(({ went }) => went !== undefined);
    const { lots, redemptions } = this;
    return this.handed(isSpending ? { lots, redemptions, counters } : { counters });
  }

  /** Keeps what an action on the member handed out came to; `place` is theirs among its members. */
  keep(outcome: Outcome, given: MemberState, recordedAt: number, place = 0): void {
    const member = outcome.state.members[place];
    if (member === undefined) return;
    const postings = outcome.postings.filter((draft) => draft.member === place);
    this.state = member;
    if (member.lots === undefined) for (const { opened } of postings) this.lots.push(...opened);
    else this.lots = [...member.lots];
    this.redemptions = member.redemptions ?? this.redemptions;
    for (const draft of postings) {
      for (const { counter, periodStart, used } of draft.counters) {
        this.counters.set(counter, periodStart, used);
      }
      if (given.history === undefined && decides.has(draft.kind)) {
        this.unread.push({ draft, recordedAt });
      }
      const [hold] = draft.redemptions;
      if (draft.kind === 'hold' && hold !== undefined) this.reserved.set(hold.seq, hold.lots);
    }
    this.history.push(...(member.history ?? []).slice(this.history.length));
  }

  /** The member with everything that was decided about purchases, and what they were. */
  whole(redemptions = this.redemptions): MemberState {
    for (const { draft, recordedAt } of this.unread) {
      this.history.push(pastDecision(draft, recordedAt));
    }
    this.unread.length = 0;
    const { lots, history, purchases } = this;
    const counters = this.counters.all();
    return this.handed({ lots, redemptions, counters, history: [...history], purchases });
  }

  /** The member with nothing of what costs but these. */
  private handed({
    lots,
    redemptions,
    history,
    purchases,
    counters = noCounters,
  }: Partial<MemberState>): MemberState {
    return { ...this.state, lots, redemptions, history, purchases, counters };
  }

  /** Captured redemptions with the lots they spent, as the ledger reads them of their entries. */
  private withSpent(): Redemption[] {
    return this.redemptions.map((each) => {
      const isSpent = each.state === 'captured' || each.state === 'used';
      return isSpent ? { ...each, lots: spentBy(each, this.reserved.get(each.seq) ?? []) } : each;
    });
  }
}

/** Whether the tier may have to be reviewed by an instant, as the ledger asks. */
function mayBeReviewed(
  programme: Programme,
  { review, tier }: MemberState,
  until: number,
): boolean {
  const due = dueAt(review);
  if (due !== null) return due <= until;
  return isReviewed(programme) && rungOf(programme, tier) > 0;
}

const noCounters: ReadonlyMap<string, number> = new Map();
