/** What deciding a purchase asks of the ledger, and the action it becomes. */
import type { Caller } from '../access/caller.js';
import { parsePublicId } from '../ledger/address.js';
import type { AccountFacts, FactReader, Moment, Needs, Who } from '../ledger/command.js';
import { goneFacts } from '../ledger/lots/gone-lots.queries.js';
import { memberFactsFor } from '../members/member-facts.queries.js';
import { DomainError } from '../platform/http/domain-error.js';
import { offerFactsFor } from '../partner-offers/offers/offer-facts.queries.js';
import { programmeFor, refusalError } from '../programmes/decide.js';
import { placeOf, type AccrueAction } from '../rules/actions/accrue.js';
import { mayProve, shortestSilence } from '../rules/expiry/not-silent.js';
import { mayGoBySilence } from '../rules/expiry/terms.js';
import { countersNeeded } from '../rules/earning/counters.js';
import { limitsThere, placeOf as boughtAt } from '../rules/offers/draws.js';
import { limitsOfHistory, limitsWanted } from '../rules/offers/wanted.js';
import type { Groups } from '../rules/offers/member-offers.js';
import type { Luck } from '../rules/offers/surprise.js';
import { allBlocks, blocksFor } from '../rules/partners/terms.js';
import type { Programme } from '../rules/programme.js';
import type { Purchase } from '../rules/purchase.js';
import { tierCounters } from '../rules/standing/tally.js';
import type { CounterNeed, MemberState } from '../rules/state.js';
import { lateNeeds } from '../rules/velocity/withhold.js';
import { isStale } from '../rules/spending/settle.js';
import { withTraits } from '../rules/traits.js';
import { purchaseFacts } from './purchase-facts.queries.js';
import type { Happened } from './purchase-row.js';

/** The action of a purchase; a retailer that the programme takes for another kind posts none. */
export function actionOf(
  purchase: Purchase,
  when: Pick<AccrueAction, 'occurredAt' | 'redemptions'>,
  caller: Caller,
  { now, programmes }: Moment,
): AccrueAction {
  ofDeclaredKind(programmeFor(programmes, when.occurredAt, now), caller);
  const { retailer } = caller;
  return { kind: 'accrue', at: now, purchase, versions: programmes, retailer, ...when };
}

/** Refuses what a retailer posts that the programme takes for another kind of one. */
export function ofDeclaredKind(
  { partners }: Pick<Programme, 'partners'>,
  { retailer, retailerKind }: Pick<Caller, 'retailer' | 'retailerKind'>,
): void {
  const declared = partners.byCode.get(retailer ?? '')?.kind ?? retailerKind;
  if (retailerKind === undefined || declared === retailerKind) return;
  throw new DomainError(
    'partner_kind_differs',
    `The programme takes ${String(retailer)} for another kind of retailer.`,
    { declared, kind: retailerKind },
  );
}

/** The counters of a purchase at a place of the order of events, under a version and the newest one. */
export type CountersAt = (
  programme: Programme,
  newest: Programme | undefined,
  place: number,
) => readonly CounterNeed[];

/** Asked twice of nearly every purchase, it has the same list for the same circumstances. */
export function countersOf(facts: Purchase, occurredAt: number): CountersAt {
  let last: { of: readonly unknown[]; counters: readonly CounterNeed[] } | undefined;
  return (programme, newest, place) => {
    const of = [programme, newest, place];
    if (!last?.of.every((each, at) => each === of[at])) {
      const own = countersNeeded(programme, place, facts, occurredAt);
      const counted = tierCounters([programme, newest], place);
      last = { of, counters: counted.length === 0 ? own : [...own, ...counted] };
    }
    return last.counters;
  };
}

/** What deciding a purchase reads: its counters in time, and the rest of the story when late. */
export function needsOf(
  account: AccountFacts,
  { now, programmes }: Moment,
  {
    facts,
    occurredAt,
    redemptions,
    who,
    luck,
    groups,
    countersAt,
  }: {
    facts: Purchase;
    occurredAt: number;
    redemptions: readonly number[];
    who: Who;
    luck: Luck | undefined;
    groups: Groups;
    countersAt: CountersAt;
  },
): Needs {
  const programme = programmeFor(programmes, occurredAt, now, who);
  const { place, isBehind } = placeOf(programme, account.newestAt, { at: now, occurredAt });
  const known = (member: MemberState): Purchase =>
    withTraits(programme, member, facts, { at: now, occurredAt, luck, groups });
  if (isBehind) {
    return {
      spending: true,
      counters: [],
      facts: [memberFactsFor(programme), purchaseFacts, ...offerFactsFor(programme, occurredAt)],
      subjects: redemptions,
      since: occurredAt - programmes.lookBackMs,
      shared: (member) => [
        ...limitsThere(programme, boughtAt(known(member), occurredAt)),
        ...limitsOfHistory(member, programmes),
        ...allBlocks(programmes.begunBy(now)),
      ],
    };
  }
  const gone = goneWrongly(programme, account, { now, programmes }, occurredAt);
  const counters = countersAt(programme, programmes.at(now), place);
  const late = lateNeeds(programme, { at: place, arrivedAt: now });
  return {
    spending: isStale(account, now) || redemptions.length > 0 || gone.length > 0,
    counters: late.length === 0 ? counters : [...counters, ...late],
    facts: [memberFactsFor(programme), ...offerFactsFor(programme, occurredAt, luck), ...gone],
    subjects: redemptions,
    shared: (member) => [
      ...limitsWanted(programme, member, () => known(member), { occurredAt, at: place }),
      ...blocksFor(programme.partners, facts.retailer),
    ],
  };
}

/** What went by expiry, where an event of an earlier day may show that its member was not silent. */
function goneWrongly(
  { timeZone }: Programme,
  account: AccountFacts,
  { now, programmes }: Moment,
  occurredAt: number,
): FactReader[] {
  const inForce = programmes.at(now);
  if (inForce === undefined || !mayGoBySilence(inForce.expiry)) return [];
  const months = shortestSilence(programmes.begunBy(now));
  return mayProve(timeZone, account, { at: now, occurredAt }, months) ? [goneFacts] : [];
}

/** Numbers of the redemptions used on a purchase; 422 for one that is not the member's. */
export function usedRedemptions({ redemptions = [] }: Happened, memberId: string): number[] {
  return redemptions.map((id, index) => {
    const address = parsePublicId('rdm', id);
    if (address?.memberId === memberId) return address.seq;
    throw refusalError({
      code: 'redemption_not_usable',
      pointer: `/redemptions/${String(index)}`,
      details: {},
    });
  });
}
