/**
 * Points whose date has come. They go only with evidence that their member was told, and so many
 * days after it that there was time to use them; what nobody was told of stays.
 */
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Outcome, PostingDraft } from '../outcome.js';
import { endOfDayAfter, localDay } from '../period.js';
import { noticesOf, type ExpiryNotices, type Told } from './terms.js';
import type { Programme } from '../programme.js';
import { Moves } from '../spending/moves.js';
import { blank, read, withNextChange, type Settled } from '../spending/settle.js';
import { lotKey, type GoneLot, type HeldLot, type Lot, type MemberState } from '../state.js';
import { dueOf, lastActOf, type Due } from './silent.js';

export interface ExpireAction {
  kind: 'expire';
  at: number;
  /** What goes by then goes; `at` at most, in milliseconds. */
  until: number;
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
    const posted = post(programme, member, going, action.at);
    member = posted.member;
    postings.push(posted.draft);
  }
  return { state: { members: [withNextChange(member, action.at)] }, postings };
}

/**
 * When points go: at their date, or where their member was told late, at the end of the day on which
 * the notice is over. The earliest evidence that suffices counts; undefined = there is none.
 */
export function goesAt(
  timeZone: string,
  { expiresAt, ofSilence, seq }: Due & Pick<Lot, 'seq'>,
  told: readonly Told[],
  { leastDays, mostDays }: Pick<ExpiryNotices, 'leastDays' | 'mostDays'>,
): { at: number; told: Told } | undefined {
  return told
    .filter((each) => each.expiresAt === expiresAt && each.upTo >= seq)
    .filter((each) => (each.ofSilence === true) === ofSilence)
    .sort((a, b) => a.at - b.at || a.notice - b.notice)
    .map((each) => {
      return { at: Math.max(expiresAt, endOfDayAfter(timeZone, each.at, leastDays)), told: each };
    })
    .find((each) => {
      return mostDays === null || each.at <= endOfDayAfter(timeZone, each.told.at, mostDays);
    });
}

/** What is held stays until its hold ends, and all of it while its member may not spend it. */
function goingBy(
  { timeZone, expiry }: Programme,
  member: MemberState,
  { until }: ExpireAction,
): Going[] {
  const notices = noticesOf(expiry);
  if (notices === undefined || member.isFrozen === true) return [];
  const groups = new Map<string, Going>();
  for (const lot of read(member).lots) {
    const { remaining, held, seq, n } = lot;
    if (remaining === held) continue;
    const due = dueOf(timeZone, member, lot);
    if (due === undefined || due.expiresAt > until) continue;
    const goes = goesAt(timeZone, { ...due, seq }, member.told ?? [], notices);
    if (goes === undefined || goes.at > until) continue;
    const key = [goes.at, goes.told.expiresAt, goes.told.notice].join();
    const lots = groups.get(key)?.lots ?? [];
    groups.set(key, { ...goes, lots: [...lots, { seq, n, amount: remaining - held }] });
  }
  return [...groups.values()].sort(
    (a, b) => a.at - b.at || a.told.expiresAt - b.told.expiresAt || a.told.notice - b.told.notice,
  );
}

/** Whatever day it is of, what is pending after it is what is so now: windows have closed since. */
function post(
  programme: Programme,
  member: MemberState,
  { at, told, lots }: Going,
  now: number,
): { member: MemberState; draft: PostingDraft } {
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  moves.pay(lots, 'expired');
  const { figures, lots: left, expired, changed } = moves.done(now);
  const gone = expired?.map((each) => withWhen(each, member, at));
  const next: MemberState = { ...member, ...figures, version: seq, lots: left, expired: gone };
  const detail = `${told.evidence}/${String(told.notice)}`;
  const because: ExplanationItem[] =
    told.ofSilence === true
      ? [
          [
            NO_RULE,
            WHOLE_EVENT,
            'silent_since',
            '0',
            localDay(programme.timeZone, lastActOf(member)),
          ],
        ]
      : [];
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'expire',
    explanation: [[NO_RULE, WHOLE_EVENT, 'expired', '0', detail], ...because],
    entries: moves.entries,
    changed,
    moved: next.points - member.points,
  };
  return { member: next, draft };
}

/** What goes by silence, with what must be known of it should it have gone wrongly. */
function withWhen(gone: GoneLot, { silentLots }: MemberState, at: number): GoneLot {
  const terms = silentLots?.get(lotKey(gone));
  if (terms === undefined || gone.went !== undefined) return gone;
  return { ...gone, went: { at, versionNo: terms.versionNo } };
}
