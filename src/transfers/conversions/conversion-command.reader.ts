/** What conversions ask of the ledger: commands that the core decides. */
import type { Caller } from '../../access/caller.js';
import { ofDeclaredKind } from '../../accrual/purchase-action.reader.js';
import type { PurchaseReference } from '../../accrual/purchase-references.service.js';
import type { RowAddress } from '../../ledger/address.js';
import type { Command, Decision, Moment } from '../../ledger/command.js';
import { earnedLots } from '../../ledger/pairs/earned.queries.js';
import { memberFacts } from '../../members/member-facts.queries.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { programmeFor, refusalError } from '../../programmes/decide.js';
import { act } from '../../rules/act.js';
import {
  conversionCounters,
  conversionKeys,
  turned,
  type Way,
} from '../../rules/conversions/terms.js';
import { dueCounters } from '../../rules/partners/draw.js';
import type { Outcome, PostingDraft } from '../../rules/outcome.js';
import type { Programme } from '../../rules/programme.js';
import type { CounterNeed, State } from '../../rules/state.js';
import {
  answerWriter,
  conversionWriter,
  type Answer,
  type ConversionRow,
} from './conversions.queries.js';
import type { AgreementGiven, ConvertOwnPoints, PreviewUnits } from './conversions.requests.js';

export interface ConversionRequest {
  caller: Caller;
  requestId: string;
}

/** Whose, and who asks. */
interface Asking extends ConversionRequest {
  memberId: string;
  /** Undefined = asked with the member's token, or only previewed. */
  agreement?: AgreementGiven | undefined;
}

type Unkeyed = Omit<Command, 'idempotency' | 'reference' | 'dryRun'>;

/** Clocks of shops may run ahead this far. */
const AHEAD_MS = 300_000;

export function retailerOf({ retailer }: Caller): string {
  if (retailer === undefined) throw new DomainError('forbidden', 'Conversions need a retailer.');
  return retailer;
}

/** Points that are held until the partner confirms. */
export function outCommand(asked: ConvertOwnPoints, asking: Asking): Unkeyed {
  const { memberId, caller, agreement } = asking;
  const { currency, points } = asked;
  const retailer = retailerOf(caller);
  return {
    ...base('convert-out', asking),
    needs: (_, moment) => ({
      spending: true,
      counters: countersOf(moment, currency, 'out'),
      facts: [memberFacts, earnedLots],
    }),
    decide: (state: State, { now, programmes }: Moment): Decision => {
      const programme = programmeFor(programmes, now, now);
      agreedBy(agreement, now);
      const action = { kind: 'convert_out', at: now, retailer, currency, points } as const;
      const { outcome, last } = decided(programme, state, action);
      const redemption = last?.redemptions[0];
      const found = programme.conversions.get(currency);
      if (redemption === undefined || found?.out === undefined) return { outcome, owned: [] };
      const row: ConversionRow = {
        ...{ memberId, seq: redemption.seq, way: 'out', currency, partner: found.partner },
        ...{ retailer, points, fee: redemption.points - points, units: turned(found.out, points) },
        ...{ agreement, madeAt: now, expiresAt: redemption.expiresAt },
      };
      return { outcome, owned: [{ writer: conversionWriter, rows: [row] }] };
    },
  };
}

/** Units that the partner has taken, as points. */
export function inCommand(
  { currency, units }: Pick<PreviewUnits, 'currency' | 'units'>,
  asking: Asking,
  reference?: PurchaseReference,
): Unkeyed {
  const { memberId, caller, agreement } = asking;
  const retailer = retailerOf(caller);
  return {
    ...base('convert-in', asking),
    needs: (_, moment) => {
      const { partners } = programmeFor(moment.programmes, moment.now, moment.now);
      const block = partners.byCode.get(retailer)?.terms?.prepaid?.block;
      const counters = [
        ...countersOf(moment, currency, 'in'),
        ...dueCounters(partners, [retailer]),
      ];
      return {
        ...{ spending: true, counters, facts: [memberFacts] },
        shared: block === undefined ? [] : [block],
      };
    },
    decide: (state: State, { now, programmes }: Moment): Decision => {
      const programme = programmeFor(programmes, now, now);
      ofDeclaredKind(programme, caller);
      agreedBy(agreement, now);
      const action = { kind: 'convert_in', at: now, retailer, currency, units } as const;
      const { outcome, last } = decided(programme, state, action);
      const into = programme.conversions.get(currency)?.in;
      if (last === undefined || into === undefined) return { outcome, owned: [] };
      const row: ConversionRow = {
        ...{ memberId, seq: last.seq, way: 'in', currency, partner: retailer, retailer },
        ...{ points: turned(into, units), fee: 0, units, agreement, madeAt: now, expiresAt: null },
        ...{ hmac: reference?.hmac, answer: 'confirmed', answerSeq: last.seq },
      };
      return { outcome, owned: [{ writer: conversionWriter, rows: [row] }] };
    },
  };
}

/** The partner's answer: a yes takes the points, a no gives them back. */
export function answerCommand(
  answer: Answer,
  { memberId, seq, currency }: ConversionRow,
  request: ConversionRequest,
  reference?: PurchaseReference,
): Unkeyed {
  return {
    ...base(`conversion-${answer}`, { ...request, memberId }),
    needs: (_, moment) => ({
      spending: true,
      counters: countersOf(moment, currency, 'out'),
      facts: [memberFacts],
      subjects: [seq],
    }),
    decide: (state: State, { now, programmes: versions }: Moment): Decision => {
      const kind = answer === 'confirmed' ? 'capture' : 'release';
      const action = { kind, at: now, redemption: seq, versions } as const;
      const { outcome, last } = decided(programmeFor(versions, now, now), state, action);
      if (last === undefined) return { outcome, owned: [] };
      const hmac = reference?.hmac ?? null;
      const row = { memberId, seq, answer, answerSeq: last.seq, hmac };
      return { outcome, owned: [{ writer: answerWriter, rows: [row] }] };
    },
  };
}

function base(
  operation: string,
  { memberId, caller, requestId }: ConversionRequest & RowOwner,
): Pick<Command, 'memberIds' | 'caller' | 'operation' | 'actor' | 'requestId'> {
  const { id, actor } = caller;
  return { memberIds: [memberId], caller: id, operation, actor, requestId };
}

type RowOwner = Pick<RowAddress, 'memberId'>;

/** What the core says, and the posting that did it; none where it is refused. */
function decided(
  programme: Programme,
  state: State,
  action: Parameters<typeof act>[2],
): { outcome: Outcome; last: PostingDraft | undefined } {
  const outcome = act(programme, state, action);
  if (outcome.refusal?.pointer !== undefined) throw refusalError(outcome.refusal);
  const last = outcome.refusal === undefined ? outcome.postings.at(-1) : undefined;
  return { outcome, last };
}

function countersOf({ now, programmes }: Moment, currency: string, way: Way): CounterNeed[] {
  const { timeZone } = programmeFor(programmes, now, now);
  return conversionCounters(conversionKeys(currency, way, timeZone, now));
}

/** Nobody has agreed tomorrow. */
function agreedBy(agreement: AgreementGiven | undefined, now: number): void {
  if (agreement === undefined || Date.parse(agreement.at) <= now + AHEAD_MS) return;
  throw new DomainError('consent_in_future', 'Nobody can have agreed in the future.', {}, [
    { pointer: '/agreement/at', code: 'in_future', detail: 'Later than the server clock.' },
  ]);
}
