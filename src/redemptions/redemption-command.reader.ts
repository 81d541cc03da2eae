/** What every change of a redemption asks of the ledger. */
import type { Caller } from '../access/caller.js';
import { purchaseFacts } from '../accrual/purchase-facts.queries.js';
import type { Command, Decision, Moment, Needs, OwnedRows } from '../ledger/command.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { DomainError } from '../platform/http/domain-error.js';
import { programmeFor, refusalError } from '../programmes/decide.js';
import { act, type Action } from '../rules/act.js';
import type { Versions } from '../rules/earning/timeline.js';
import type { Outcome } from '../rules/outcome.js';
import type { Programme } from '../rules/programme.js';
import type { State } from '../rules/state.js';

export interface RedemptionRequest {
  caller: Caller;
  requestId: string;
  idempotencyKey: string;
}

/** Who does what to whom. */
export interface Doing {
  memberId: string;
  caller: Pick<Caller, 'id' | 'actor'>;
  requestId: string;
  operation: string;
  /** Numbers of the redemptions it is about. */
  subjects?: readonly number[];
  /** Number of a purchase of which must be known what is left. */
  purchase?: number | undefined;
  action: (now: number, programme: Programme, versions: Versions) => Action;
  /** Rows of the feature that commit with what was decided. */
  owned?: (outcome: Outcome) => OwnedRows[];
}

/** A command that the core decides on the programme in force now. */
export function redemptionCommand(doing: Doing): Command {
  const { memberId, caller, requestId, operation, action } = doing;
  return {
    memberIds: [memberId],
    caller: caller.id,
    operation,
    actor: caller.actor,
    requestId,
    needs: (_account, moment) => needsOf(doing, moment),
    decide: (state: State, { now, programmes }: Moment): Decision => {
      const programme = programmeFor(programmes, now, now);
      const outcome = act(programme, state, action(now, programme, programmes));
      if (outcome.refusal?.pointer !== undefined) throw refusalError(outcome.refusal);
      return { outcome, owned: doing.owned?.(outcome) ?? [] };
    },
  };
}

function needsOf({ subjects = [], purchase }: Doing, { now }: Moment): Needs {
  const needs = { spending: true, counters: [], facts: [memberFacts], subjects };
  if (purchase === undefined) return needs;
  // Of all that was decided just what is about the purchase.
  const about = { facts: [memberFacts, purchaseFacts], subjects: [...subjects, purchase] };
  return { ...needs, ...about, since: now };
}

/** Refuses money of another currency than the programme's. */
export function inCurrency(
  { currency }: Programme,
  money: { currency: string } | undefined,
  pointer: string,
): void {
  if (money === undefined || money.currency === currency) return;
  const detail = `The programme's currency is ${currency}.`;
  throw new DomainError('invalid_request', detail, {}, [
    { pointer, code: 'currency_mismatch', detail },
  ]);
}
