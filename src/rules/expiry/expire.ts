/**
 * Points whose date has come. They go only with evidence that their member was told, and so many
 * days after it that there was time to use them; what nobody was told of stays.
 */
import { NO_RULE, WHOLE_EVENT } from '../explanation.js';
import type { Outcome, PostingDraft } from '../outcome.js';
import { endOfDayAfter } from '../period.js';
import type { Programme } from '../programme.js';
import { Moves } from '../spending/moves.js';
import { blank, read, withNextChange, type Settled } from '../spending/settle.js';
import type { HeldLot, MemberState } from '../state.js';

/** How it is known that a member was told when some points go. */
export interface Told {
  /** The date they were told, in milliseconds. */
  expiresAt: number;
  /** Number of the notice among those of the member. */
  notice: number;
  evidence: 'email' | 'messenger' | 'shown' | 'last_resort';
  /** Since when it is known, in milliseconds. */
  at: number;
}

export interface ExpireAction {
  kind: 'expire';
  at: number;
  told: readonly Told[];
  /** Days that a member has at least, after being told. */
  noticeDays: number;
}

/** Points that go at one instant, and the notice that allows it. */
interface Going {
  at: number;
  told: Told;
  lots: HeldLot[];
}

/** Posts what goes by now, a posting for each date, in the order in which they go. */
export function expire(programme: Programme, settled: Settled, action: ExpireAction): Outcome {
  let { member } = settled;
  const postings: PostingDraft[] = [...settled.postings];
  for (const going of goingBy(programme, member, action)) {
    const posted = post(programme, member, going);
    member = posted.member;
    postings.push(posted.draft);
  }
  return { state: { members: [withNextChange(member, action.at)] }, postings };
}

/**
 * When points of a date go: at the date, or where their member was told late, at the end of the day
 * on which the notice is over. The earliest evidence counts; undefined = nobody was told.
 */
export function goesAt(
  timeZone: string,
  expiresAt: number,
  { told, noticeDays }: Pick<ExpireAction, 'told' | 'noticeDays'>,
): { at: number; told: Told } | undefined {
  const [first] = told
    .filter((each) => each.expiresAt === expiresAt)
    .sort((a, b) => a.at - b.at || a.notice - b.notice);
  if (first === undefined) return undefined;
  return { at: Math.max(expiresAt, endOfDayAfter(timeZone, first.at, noticeDays)), told: first };
}

/** What is held stays until its hold ends. */
function goingBy({ timeZone }: Programme, member: MemberState, action: ExpireAction): Going[] {
  const groups = new Map<number, Going>();
  for (const { expiresAt, remaining, held, seq, n } of read(member).lots) {
    if (expiresAt === null || expiresAt > action.at || remaining === held) continue;
    const goes = goesAt(timeZone, expiresAt, action);
    if (goes === undefined || goes.at > action.at) continue;
    const lots = groups.get(expiresAt)?.lots ?? [];
    groups.set(expiresAt, { ...goes, lots: [...lots, { seq, n, amount: remaining - held }] });
  }
  return [...groups.values()].sort((a, b) => a.at - b.at || a.told.expiresAt - b.told.expiresAt);
}

function post(
  programme: Programme,
  member: MemberState,
  { at, told, lots }: Going,
): { member: MemberState; draft: PostingDraft } {
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  moves.pay(lots, 'expired');
  const { figures, lots: left, changed } = moves.done(at);
  const next: MemberState = { ...member, ...figures, version: seq, lots: left };
  const detail = `${told.evidence}/${String(told.notice)}`;
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'expire',
    explanation: [[NO_RULE, WHOLE_EVENT, 'expired', '0', detail]],
    entries: moves.entries,
    changed,
  };
  return { member: next, draft };
}
