/** One member under one programme: what happened is put to `act` again, one after the other, which decides all. */
import type { Action } from '../../rules/act.js';
import { decide } from '../decide.js';
import { adjustmentLimits } from '../../rules/actions/adjustment-limits.js';
import type { Versions } from '../../rules/earning/timeline.js';
import type { PostingDraft } from '../../rules/outcome.js';
import { dueOf, type Due } from '../../rules/expiry/silent.js';
import { noticesOf, type Told } from '../../rules/expiry/terms.js';
import { allBlocks } from '../../rules/partners/terms.js';
import { DAY_MS } from '../../rules/period.js';
import { TENDER, type Programme } from '../../rules/programme.js';
import type { MemberState, State } from '../../rules/state.js';
import type { Purchase } from '../../rules/purchase.js';
import type { Bought, Happening } from './events.js';
import { Account } from './account.js';
import type { Start } from './fold.js';
import { withSilence } from './silence.js';
import { traitsFor } from './traits.js';

/** More than anybody uses of a shared limit: members are replayed apart, so none takes from another. */
const AMPLE = 4_000_000_000_000_000;

class Ample extends Map<string, number> {
  override get(): number {
    return AMPLE;
  }
}

const staff = { id: 'history', memberId: null };
const HOUR_MS = 3_600_000;

/** A programme as a side of a replay: in force all the time, behind the versions there were. */
export interface Side {
  programme: Programme;
  versions: Versions;
  /** The same, in which staff may give and take as much as they did. */
  boundless: Programme;
  /** What is left of shared limits: more than anybody takes. */
  left: ReadonlyMap<string, number>;
}

export function sideOf(decides: Programme, earlier: (no: number) => Programme): Side {
  const programme = { ...decides, effectiveAt: 0 };
  const most = Number.MAX_SAFE_INTEGER;
  // By their ids too, as what is used of them is counted on a copy.
  const limits = [...programme.limits.keys(), ...allBlocks([programme])];
  const reasons = new Map([['history', { code: 'history', name: 'history' }]]);
  return {
    programme,
    versions: {
      at: () => programme,
      version: (no) => (no === programme.no ? programme : earlier(no)),
    },
    left: new Ample(limits.map((limit) => [limit, AMPLE])),
    boundless: {
      ...programme,
      staff: { reasons, perStaffPerDay: most, perMemberPerDay: most, fourEyesAbove: most },
    },
  };
}

/** What a happening came to. */
export interface Came {
  postings: readonly PostingDraft[];
  refused: string | undefined;
}

const nothing: Came = { postings: [], refused: undefined };

/** Says only which of the member's numbers a happening is about. */
export class Player {
  /** Numbers of purchases and holds here, by the numbers they were recorded under. */
  private readonly numbers = new Map<number, number>();
  /** Number of the last posting from before. */
  readonly before: number;
  readonly account: Account;

  constructor(
    private readonly side: Side,
    start: Start,
  ) {
    this.account = new Account(start.member, start.reserved);
    this.before = start.member.version;
  }

  get member(): MemberState {
    return this.account.member;
  }

  /** What was bought, by number. */
  get purchases(): ReadonlyMap<number, Purchase> {
    return this.account.purchases;
  }

  /** Does what happened; what is about something that did not come about here is left out. */
  play(happening: Happening): Came {
    const action = this.actionOf(happening);
    if (action === undefined) return nothing;
    const { side, account } = this;
    const programme = happening.kind === 'carry' ? side.boundless : side.programme;
    const given = account.for(action, programme);
    const outcome = decide(programme, this.stateOf(given, action), action);
    account.keep(outcome, given, action.at);
    const { postings, refusal } = outcome;
    if (refusal !== undefined) return { postings, refused: refusal.code };
    if (happening.kind === 'accrue' || happening.kind === 'hold') {
      this.numbers.set(happening.seq, account.version);
    }
    if (action.kind === 'accrue') account.purchases.set(account.version, action.purchase);
    return { postings, refused: undefined };
  }

  /** Posts what time alone has done by an instant. */
  settle(at: number): void {
    this.play({ kind: 'settle', seq: 0, at });
  }

  /** The number that something recorded has here; undefined = it did not come about. */
  private number(recorded: number): number | undefined {
    return recorded <= this.before ? recorded : this.numbers.get(recorded);
  }

  private stateOf(member: MemberState, action: Action): State {
    const { left } = this.side;
    if (action.kind === 'adjust') {
      const limits = adjustmentLimits(staff.id, member.memberId).map(({ id }) => [id, 0] as const);
      return { members: [member], limits: new Map(limits), left, rest: left };
    }
    if (action.kind !== 'expire') return { members: [member], left, rest: left };
    const known = withSilence(this.side.programme, member);
    const told = this.toldOf(known, action.until);
    return { members: [{ ...known, told }], left, rest: left };
  }

  /** Evidence that the member was told of everything that goes by then. */
  private toldOf(member: MemberState, until: number): readonly Told[] {
    const { timeZone, expiry } = this.side.programme;
    const leastDays = noticesOf(expiry)?.leastDays ?? 0;
    const dates = new Map<string, Due>();
    for (const lot of member.lots ?? []) {
      const due = dueOf(timeZone, member, lot);
      if (due !== undefined && due.expiresAt <= until) dates.set(JSON.stringify(due), due);
    }
    return [...dates.values()].map((due, notice) => ({
      ...due,
      notice,
      upTo: Infinity,
      evidence: 'email' as const,
      at: due.expiresAt - leastDays * DAY_MS - HOUR_MS,
    }));
  }

  private actionOf(happening: Happening): Action | undefined {
    const { at } = happening;
    const { versions } = this.side;
    switch (happening.kind) {
      case 'accrue':
        return this.bought(happening);
      case 'return': {
        const { occurredAt, lines } = happening;
        const purchase = this.number(happening.purchase);
        if (purchase === undefined) return undefined;
        const redemptions = happening.redemptions?.flatMap((each) => this.number(each) ?? []);
        return { kind: 'return', at, occurredAt, purchase, lines, redemptions, versions };
      }
      case 'hold': {
        const { retailer, reward, points } = happening;
        if (reward !== TENDER) return { kind: 'hold', at, retailer, reward };
        // What the whole purchase came to is not kept; the share of it was not too large.
        return { kind: 'tender', at, retailer, points, total: Number.MAX_SAFE_INTEGER };
      }
      case 'capture':
      case 'release':
      case 'lapse':
      case 'use':
        return this.ofRedemption(happening);
      case 'grant': {
        const { tier, until } = happening;
        const [reason = ''] = this.side.programme.staff.reasons.keys();
        return { kind: 'grant', at, tier, until, reason, requester: staff };
      }
      case 'expire':
        return { kind: 'expire', at, until: at };
      case 'clear':
        return this.cleared(happening);
      case 'carry':
        return carrying(happening);
      case 'settle':
        return { kind: 'settle', at };
      case 'erased':
        return undefined;
    }
  }

  /** What was decided before has the terms of its version, and all else those of this side. */
  private cleared({ at, ...about }: Extract<Happening, { kind: 'clear' }>): Action | undefined {
    const event = this.number(about.event);
    if (event === undefined) return undefined;
    const no = about.event <= this.before ? about.versionNo : this.side.programme.no;
    return { kind: 'clear', at, event, awarding: this.side.versions.version(no), requester: staff };
  }

  private bought(happening: Bought): Action {
    const { at, occurredAt, purchase } = happening;
    const { programme, versions } = this.side;
    const redemptions = happening.redemptions.flatMap((each) => this.number(each) ?? []);
    const named = redemptions.filter((seq) => {
      const state = this.account.redemption(seq)?.state;
      return state === 'captured' || state === 'used';
    });
    const known = traitsFor(happening, { programme, versions, member: () => this.member });
    return {
      kind: 'accrue',
      at,
      occurredAt,
      purchase: known,
      versions,
      redemptions: named,
      retailer: purchase.retailer,
    };
  }

  private ofRedemption(
    happening: Extract<Happening, { kind: 'capture' | 'release' | 'lapse' | 'use' }>,
  ): Action | undefined {
    const { at, kind } = happening;
    const { versions } = this.side;
    const redemption = this.number(happening.redemption);
    const found = this.account.redemption(redemption);
    if (redemption === undefined || found === undefined) return undefined;
    if (kind === 'capture') return { kind, at, redemption, amount: happening.amount, versions };
    if (kind !== 'use') return { kind, at, redemption };
    if (found.usableUntil === undefined) return undefined;
    const { retailer } = happening;
    const total = Number.MAX_SAFE_INTEGER;
    const purchase = happening.purchase === undefined ? undefined : this.number(happening.purchase);
    return { kind, at, redemption, retailer, total, purchase, versions };
  }
}

const carrying = ({ at, points }: Extract<Happening, { kind: 'carry' }>): Action => ({
  kind: 'adjust',
  at,
  points,
  reason: 'history',
  requester: staff,
});
