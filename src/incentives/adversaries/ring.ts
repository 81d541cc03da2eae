/** Who refers their own memberships: each of them buys what makes a friend one who stays, and goes. */
import { decide } from '../decide.js';
import { DAY_MS, periodStart } from '../../rules/period.js';
import type { ReferralTerms } from '../../rules/referrals/terms.js';
import type { MemberState } from '../../rules/state.js';
import { totalOf, type Ground } from './adversary.js';
import type { Happening } from '../lives/events.js';
import { stateAfter, type Start } from '../lives/fold.js';
import { Player } from '../lives/player.js';
import type { KnownOf } from '../lives/recorded.js';

const HOUR_MS = 3_600_000;
/** Purchases of different days that make a friend one who stays. */
const NEEDED = 2;

/** Everybody in a ring once it is over, whoever refers first; undefined = nobody is paid for friends. */
export function ringOf(
  happenings: readonly Happening[],
  start: Start,
  known: KnownOf,
  ground: Ground,
): Player[] | undefined {
  const { side, bounds, window } = ground;
  const { referral } = side.programme;
  const [first] = happenings;
  if (referral === undefined || first === undefined) return undefined;
  const shared = handedOut(happenings, referral, bounds.accounts - 1, side.programme.timeZone);
  if (shared.length === 0) return undefined;
  const given = new Set(shared.flat().map(({ seq }) => seq));
  const referrer = new Player(side, start);
  for (const each of happenings) if (!given.has(each.seq)) referrer.play(each);
  const friends = shared.map((own, n) => {
    const claimedAt = Math.min(first.at, ...own.map(({ at }) => at)) - HOUR_MS;
    const friend = new Player(side, friendOf(known, n, claimedAt));
    for (const each of own) friend.play(each);
    const endsAt = claimedAt + referral.qualifyMs;
    refer(friend, referrer, { claimedAt, endsAt, at: Math.min(window.until, endsAt - 1) }, ground);
    return friend;
  });
  return [referrer, ...friends];
}

/** The purchases that each friend makes instead: the first that are large enough, of different days. */
function handedOut(
  happenings: readonly Happening[],
  { minimumMinor, qualifyMs }: ReferralTerms,
  friends: number,
  timeZone: string,
): Happening[][] {
  const back = new Set(happenings.flatMap((each) => (each.kind === 'return' ? each.purchase : [])));
  const days = new Map<number, Happening>();
  for (const each of happenings) {
    if (each.kind !== 'accrue' || each.purchase.activity !== undefined) continue;
    if (back.has(each.seq) || totalOf(each.purchase) < Math.max(1, minimumMinor)) continue;
    const day = periodStart(timeZone, each.occurredAt, 'day');
    if (!days.has(day)) days.set(day, each);
  }
  const all = [...days.values()];
  const shared: Happening[][] = [];
  for (let place = 0; shared.length < friends; place += NEEDED) {
    const own = all.slice(place, place + NEEDED);
    const [one, other] = own;
    if (one === undefined || other === undefined) break;
    if (other.at - one.at < qualifyMs - DAY_MS) shared.push(own);
  }
  return shared;
}

function friendOf(known: KnownOf, n: number, enrolledAt: number): Start {
  const memberId = `${known.memberId.slice(0, -3)}${String(900 + n)}`;
  return stateAfter({ ...known, memberId, enrolledAt }, [], enrolledAt);
}

/** Decides the claim on both; what ties the two together nobody knows. */
function refer(
  friend: Player,
  referrer: Player,
  { claimedAt, endsAt, at }: { claimedAt: number; endsAt: number; at: number },
  { side }: Ground,
): void {
  const { programme, versions, left } = side;
  const claim = { claimedAt, versionNo: programme.no, state: 'claimed', endsAt } as const;
  const referral = { ...claim, independent: true, circle: false };
  const members: [MemberState, MemberState] = [
    { ...friend.account.whole(), referral },
    referrer.account.whole(),
  ];
  const outcome = decide(programme, { members, left, rest: left }, { kind: 'refer', at, versions });
  members.forEach((given, place) => {
    (place === 0 ? friend : referrer).account.keep(outcome, given, at, place);
  });
}
