/** What deciding a purchase asks of the ledger, and the action it becomes. */
import type { Caller } from '../access/caller.js';
import { parsePublicId } from '../ledger/address.js';
import type { AccountFacts, Moment, Needs } from '../ledger/command.js';
import { memberFactsFor } from '../members/member-facts.queries.js';
import { programmeFor, refusalError } from '../programmes/decide.js';
import { placeOf, type AccrueAction } from '../rules/actions/accrue.js';
import { countersNeeded } from '../rules/earning/counters.js';
import type { Purchase } from '../rules/purchase.js';
import { tierCounters } from '../rules/standing/tally.js';
import { isStale } from '../rules/spending/settle.js';
import { purchaseFacts } from './purchase-facts.queries.js';
import type { Happened } from './purchase-row.js';

/** The action of a purchase. */
export function actionOf(
  purchase: Purchase,
  when: Pick<AccrueAction, 'occurredAt' | 'redemptions'>,
  { retailer }: Caller,
  { now, programmes }: Moment,
): AccrueAction {
  return { kind: 'accrue', at: now, purchase, versions: programmes, retailer, ...when };
}

/** What deciding a purchase reads: its counters in time, and the rest of the story when late. */
export function needsOf(
  account: AccountFacts,
  { now, programmes }: Moment,
  {
    facts,
    occurredAt,
    redemptions,
  }: { facts: Purchase; occurredAt: number; redemptions: readonly number[] },
): Needs {
  const programme = programmeFor(programmes, occurredAt, now);
  const { place, isBehind } = placeOf(programme, account.newestAt, { at: now, occurredAt });
  if (isBehind) {
    return {
      spending: true,
      counters: [],
      facts: [memberFactsFor(programme), purchaseFacts],
      subjects: redemptions,
      since: occurredAt - programmes.lookBackMs,
    };
  }
  return {
    spending: isStale(account, now) || redemptions.length > 0,
    counters: countersNeeded(programme, place, facts),
    counted: tierCounters([programme, programmes.at(now)], place),
    facts: [memberFactsFor(programme)],
    subjects: redemptions,
  };
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
