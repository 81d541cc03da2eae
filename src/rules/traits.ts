/** What is known of a member when an event is decided, as far as the version's rules ask for it. */
import { placeOf, timingOf } from './actions/accrue.js';
import { standingTier, tierAt } from './earning/tier.js';
import { groupsOf, kindsAsked } from './offers/groups.js';
import type { Groups } from './offers/member-offers.js';
import { standingsOf } from './offers/standing.js';
import { dayOfLuck, type Luck, type LuckyDay } from './offers/surprise.js';
import { localDate, DAY_MS } from './period.js';
import type { Programme } from './programme.js';
import type { Purchase, Traits } from './purchase.js';
import { boughtName, Deeds, PURCHASES, SPEND } from './segments/deeds.js';
import type { SegmentFacts } from './segments/facts.js';
import { askedSegments, isAmong } from './segments/segment.js';
import type { MemberState } from './state.js';

/** When an event happened and is decided; without luck no surprise comes of it. */
interface Known {
  at: number;
  occurredAt: number;
  luck?: Luck | undefined;
  /** What the event itself says the member is of. */
  groups?: Groups | undefined;
}

/**
 * The event with what is known of the member, to be decided and kept with it: returns and late
 * events decide on it again. Where no rule asks, nothing is added.
 */
export function withTraits(
  programme: Programme,
  member: MemberState | undefined,
  purchase: Purchase,
  when: Known,
): Purchase {
  const { asks, segments } = programme;
  if (member === undefined) return purchase;
  const offers = standingsOf(programme, member, when.occurredAt, () =>
    luckyDay(programme, member, purchase, when),
  );
  const asked = kindsAsked(programme, when.occurredAt);
  const groups = groupsOf(asked, member.memberId, member.groups, when.groups);
  const isAsked = asks.size + segments.asked.size > 0;
  if (!isAsked && offers === undefined && groups === undefined) return purchase;
  return {
    ...purchase,
    traits: {
      ...traitsOf(programme, member, when),
      ...(offers && { offers }),
      ...(groups && { groups }),
    },
  };
}

function traitsOf(
  programme: Programme,
  member: MemberState,
  when: { at: number; occurredAt: number },
): Traits {
  const { asks, segments } = programme;
  const { profile } = member;
  return {
    ...(asks.has('persona') && { persona: profile?.persona }),
    ...(asks.has('birthday_month') && { birthMonth: profile?.birthMonth }),
    ...(segments.asked.size > 0 && {
      segments: segmentsOf(programme, member, placeOf(programme, member.newestAt, when).place),
    }),
  };
}

/**
 * The day whose luck counts: a purchase has its member's while it lasts, if it comes in time. Of a day
 * that is over nobody may find out by sending purchases what luck it had.
 */
function luckyDay(
  { late, timeZone }: Programme,
  { newestAt }: MemberState,
  { activity }: Purchase,
  { luck, ...when }: Known,
): LuckyDay | undefined {
  if (luck === undefined || activity !== undefined) return undefined;
  if (timingOf({ late }, newestAt, when) !== 'in_time') return undefined;
  const [day, today] = [when.occurredAt, when.at].map((instant) => dayOfLuck(timeZone, instant));
  return day === undefined || day !== today ? undefined : { luck, day };
}

/** Codes of the asked segments that the member is in at a place of the order of events. */
function segmentsOf(programme: Programme, member: MemberState, place: number): string[] {
  const facts = segmentFacts(programme, member, place);
  return askedSegments(programme.segments)
    .filter((segment) => isAmong(segment, facts))
    .map(({ code }) => code);
}

/** What criteria may ask of a member at an instant; the counters they go by have been read. */
export function segmentFacts(programme: Programme, member: MemberState, at: number): SegmentFacts {
  const { timeZone } = programme;
  const deeds = new Deeds(timeZone, at, member.counters);
  const day = (instant: number): number => {
    const { year, month, day: date } = localDate(timeZone, instant);
    return Date.UTC(year, month - 1, date) / DAY_MS;
  };
  return {
    tier: tierAt(programme, standingTier(programme, member.tier, member.qualifying)).code,
    profile: member.profile,
    balance: member.points + member.held,
    enrolledDays: day(at) - day(member.enrolledAt),
    enrolledBy: member.enrolledBy,
    purchaseDays: (days) => deeds.within(PURCHASES, days).length,
    spent: (days) => deeds.within(SPEND, days).reduce((sum, used) => sum + used, 0),
    boughtWithin: (days) => deeds.within(SPEND, days).length > 0,
    everBought: () => deeds.isEver(SPEND),
    boughtOf: (category, days) =>
      days === undefined
        ? deeds.isEver(boughtName(category))
        : deeds.within(boughtName(category), days).length > 0,
  };
}
