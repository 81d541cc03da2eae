/**
 * A member's rows as the ledger would keep them, and what of them an act is given: like the ledger it hands
 * out lots and past decisions only where something depends on them, as copying them is what costs.
 */
import { placeOf } from '../../rules/actions/accrue.js';
import type { Outcome, PostingDraft } from '../../rules/outcome.js';
import type { Programme } from '../../rules/programme.js';
import type { Purchase } from '../../rules/purchase.js';
import { isStale } from '../../rules/spending/settle.js';
import type { HeldLot, Lot, MemberState, PastDecision, Redemption } from '../../rules/state.js';
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
  private readonly reserved: Map<number, readonly HeldLot[]>;

  constructor(member: MemberState, reserved: ReadonlyMap<number, readonly HeldLot[]>) {
    const { lots = [], redemptions = [], history = [], purchases } = member;
    this.lots = [...lots];
    this.redemptions = redemptions;
    this.history = [...history];
    this.purchases = new Map(purchases);
    this.reserved = new Map(reserved);
    this.state = leanOf(member);
  }

  /** The member with lots and redemptions, but without what was decided. */
  get member(): MemberState {
    return { ...this.state, lots: this.lots, redemptions: this.redemptions };
  }

  get version(): number {
    return this.state.version;
  }

  redemption(seq: number | undefined): Redemption | undefined {
    return this.redemptions.find((each) => each.seq === seq);
  }

  /** The member as an action needs them to be known. */
  for(action: Action, programme: Programme): MemberState {
    if (action.kind === 'accrue') {
      const isBehind = placeOf(programme, this.state.newestAt, action).isBehind;
      if (isBehind) return this.whole();
      const { expired = [] } = this.state;
      const isSpending =
        isStale(this.state, action.at) ||
        (action.redemptions ?? []).length > 0 ||
        expired.some(({ went }) => went !== undefined);
      return isSpending ? this.member : this.state;
    }
    if (action.kind === 'settle' && !isStale(this.state, action.at)) return this.state;
    if (action.kind === 'return' || action.kind === 'lapse') return this.whole(this.withSpent());
    return action.kind === 'use' ? this.whole() : this.member;
  }

  /** Keeps what an action on the member handed out came to; `place` is theirs among its members. */
  keep(outcome: Outcome, given: MemberState, recordedAt: number, place = 0): void {
    const member = outcome.state.members[place];
    if (member === undefined) return;
    const postings = outcome.postings.filter((draft) => draft.member === place);
    this.state = leanOf(member);
    if (member.lots === undefined) for (const { opened } of postings) this.lots.push(...opened);
    else this.lots = [...member.lots];
    this.redemptions = member.redemptions ?? this.redemptions;
    for (const draft of postings) {
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
    return { ...this.state, lots, redemptions, history: [...history], purchases };
  }

  /** Captured redemptions with the lots they spent, as the ledger reads them of their entries. */
  private withSpent(): Redemption[] {
    return this.redemptions.map((each) => {
      const isSpent = each.state === 'captured' || each.state === 'used';
      return isSpent ? { ...each, lots: spentBy(each, this.reserved.get(each.seq) ?? []) } : each;
    });
  }
}

/** Without what is handed out only where it is needed. */
function leanOf(member: MemberState): MemberState {
  const { lots, redemptions, history, purchases } = member;
  if ((lots ?? redemptions ?? history ?? purchases) === undefined) return member;
  return {
    ...member,
    lots: undefined,
    redemptions: undefined,
    history: undefined,
    purchases: undefined,
  };
}
