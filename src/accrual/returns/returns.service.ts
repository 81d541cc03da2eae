import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { bucketOf, parsePublicId, type RowAddress } from '../../ledger/address.js';
import {
  answerOf,
  type AccountFacts,
  type Command,
  type Decision,
  type Moment,
  type Needs,
  type Posted,
} from '../../ledger/command.js';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { Posting } from '../../ledger/posting.js';
import { memberFacts } from '../../members/member-facts.queries.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { programmeFor, refusalError, storedRefusal } from '../../programmes/decide.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { act } from '../../rules/act.js';
import type { ReturnAction } from '../../rules/actions/return.js';
import { placeOf } from '../../rules/actions/accrue.js';
import { limitsOfHistory } from '../../rules/offers/wanted.js';
import { returnedSums } from '../../rules/earning/remaining.js';
import { allBlocks } from '../../rules/partners/terms.js';
import type { PostingDraft } from '../../rules/outcome.js';
import type { MemberState } from '../../rules/state.js';
import { AccrualService, type Request } from '../accrual.service.js';
import { accrualView } from '../accrual.views.js';
import { PurchaseReferences } from '../purchase-references.service.js';
import { purchaseFacts } from '../purchase-facts.queries.js';
import {
  PurchasesQueries,
  returnedWriter,
  type ReturnedRow,
  type StoredPurchase,
} from '../purchases.queries.js';
import type { ReturnPurchase } from './returns.requests.js';
import { returnView, type ReturnView } from './returns.views.js';

type Asking = Pick<Request, 'caller' | 'requestId'>;
type Exchange = ReturnType<AccrualService['inExchange']> | undefined;

interface Original {
  address: RowAddress;
  stored: StoredPurchase;
}

/** Returns of a retailer's own purchases, alone or with what the member takes instead. */
@Injectable()
export class ReturnsService {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(LedgerQueries) private readonly ledgerQueries: LedgerQueries,
    @Inject(PurchasesQueries) private readonly purchases: PurchasesQueries,
    @Inject(PurchaseReferences) private readonly references: PurchaseReferences,
    @Inject(AccrualService) private readonly accrual: AccrualService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  /** Books a return once; the same key again answers with the same posting. */
  async record(id: string, request: ReturnPurchase, asking: Request): Promise<Posted> {
    const original = await this.original(id, asking.caller);
    const { memberId, seq } = original.address;
    const command = {
      ...this.command(original, request, asking),
      idempotency: {
        key: asking.idempotencyKey,
        bodyHash: bodyHash({ request, memberId, seq }),
      },
    };
    return this.submit(command, request, asking.caller);
  }

  /** What `record` would answer now; nothing is written and no key is used. */
  async preview(id: string, request: ReturnPurchase, asking: Asking): Promise<ReturnView> {
    const original = await this.original(id, asking.caller);
    const command = this.command(original, request, asking, true);
    return this.view(await this.ledger.submit({ ...command, dryRun: true }), true);
  }

  private async submit(
    command: Command,
    { exchange }: ReturnPurchase,
    caller: Caller,
  ): Promise<Posted> {
    if (exchange === undefined) return this.ledger.submit(command);
    const reference = this.references.of(caller, exchange.reference);
    return this.accrual.once(reference, command);
  }

  private command(
    original: Original,
    request: ReturnPurchase,
    asking: Asking,
    isPreview = false,
  ): Command {
    const { memberId, seq } = original.address;
    const { caller, requestId } = asking;
    const occurredAt = Date.parse(request.occurredAt);
    const asked = askedOf(original, request);
    const exchange = this.exchange(memberId, request, { ...asking, isPreview });
    const exchangedAt = exchange === undefined ? [] : [exchange.occurredAt];
    const instants = [original.stored.occurredAt.getTime(), occurredAt, ...exchangedAt];
    return {
      memberIds: [memberId],
      caller: caller.id,
      operation: 'return',
      actor: caller.actor,
      requestId,
      occurredAt,
      needs: (account, moment) => ({
        spending: true,
        counters: [],
        facts: [...(exchange?.facts(moment) ?? [memberFacts]), purchaseFacts],
        subjects: [seq, ...(exchange?.redemptions ?? [])],
        since: Math.min(...instants) - moment.programmes.lookBackMs,
        shared: limitsToChange(account, moment, { occurredAt, seq, exchange }),
      }),
      decide: (state, { now, programmes }): Decision => {
        const programme = programmeFor(programmes, occurredAt, now);
        const action = { at: now, occurredAt, purchase: seq, versions: programmes, ...asked };
        const outcome = act(programme, state, { kind: 'return', ...action });
        if (outcome.refusal?.pointer !== undefined) throw refusalError(outcome.refusal);
        const [before] = state.members;
        const draft = outcome.postings.at(-1);
        if (outcome.refusal !== undefined || draft === undefined || before === undefined) {
          return { outcome, owned: [] };
        }
        const rows = [returnedRow(before, draft)];
        const owned = [{ writer: returnedWriter, rows }];
        return exchange === undefined
          ? { outcome, owned }
          : exchange.decide(state, outcome, owned, { now, programmes });
      },
    };
  }

  /** What the member takes instead, decided on the state that the return leaves. */
  private exchange(
    memberId: string,
    { exchange }: ReturnPurchase,
    asking: Asking & { isPreview: boolean },
  ): Exchange {
    if (exchange === undefined) return undefined;
    return this.accrual.inExchange(exchange, memberId, asking);
  }

  /** A purchase of the caller's own, by id or reference; anything else is not found. */
  private async original(id: string, caller: Caller): Promise<Original> {
    const address = id.startsWith('ref:')
      ? await this.references.booked(this.references.of(caller, id.slice('ref:'.length)))
      : parsePublicId('pur', id);
    const stored = address === undefined ? undefined : await this.purchases.purchase(address);
    if (address === undefined || stored === undefined || stored.retailer !== caller.retailer) {
      throw new DomainError('original_not_found', 'There is no such purchase of yours.');
    }
    return { address, stored };
  }

  /** A return as it is answered, with its exchange; throws the refusal where that is what was posted. */
  async view(posted: Posted, isPreview: boolean): Promise<ReturnView> {
    const refusal = storedRefusal(posted);
    if (refusal !== undefined) throw refusal;
    const answer = answerOf(posted);
    const returned = await this.returnOf(posted, answer);
    const version = (posting: Posting): ReturnType<ProgrammeBookService['version']> =>
      this.programmes.version(posting.versionNo);
    const exchange = returned === answer ? null : accrualView(posted, version(answer), isPreview);
    return returnView(returned, version(returned), { isPreview, exchange });
  }

  /** The return itself, which an exchange's accrual answers for and names. */
  private async returnOf({ postings }: Posted, answer: Posting): Promise<Posting> {
    if (answer.kind === 'return') return answer;
    const { memberId, subjectSeq } = answer;
    const known = postings.find(({ seq }) => seq === subjectSeq);
    const found = known ?? (await this.ledgerQueries.posting({ memberId, seq: subjectSeq ?? 0 }));
    if (found === undefined) throw new Error('invariant: an exchange names its return');
    return found;
  }
}

/**
 * Shared limits of which a return may change what is used: those of the purchase, and of all that is
 * decided again when it comes late, or taken in exchange.
 */
function limitsToChange(
  { newestAt }: AccountFacts,
  { now, programmes }: Moment,
  { occurredAt, seq, exchange }: { occurredAt: number; seq: number; exchange: Exchange },
): NonNullable<Needs['shared']> {
  const programme = programmeFor(programmes, occurredAt, now);
  const { isBehind } = placeOf(programme, newestAt, { at: now, occurredAt });
  const isAlone = !isBehind && exchange === undefined;
  return (member) => [
    ...allBlocks(programmes.begunBy(now)),
    ...limitsOfHistory(member, programmes, isAlone ? seq : undefined),
    ...(exchange?.limits(member, { now, programmes }) ?? []),
  ];
}

/** What is asked for, by positions and numbers instead of ids; 422 for an id that is not there. */
function askedOf(
  { address, stored }: Original,
  request: ReturnPurchase,
): Pick<ReturnAction, 'lines' | 'redemptions'> {
  const ids = stored.content?.lines.map(({ id }, index) => id ?? String(index)) ?? [];
  const lines = request.lines?.map(({ line, quantity, amount }, index) => {
    const position = ids.indexOf(line);
    if (position === -1 && stored.content !== null) {
      const pointer = `/lines/${String(index)}/line`;
      throw refusalError({ code: 'return_exceeds_purchase', pointer, details: {} });
    }
    return { line: position, quantity, amount };
  });
  const redemptions = request.redemptions?.map((id, index) => {
    const found = parsePublicId('rdm', id);
    if (found?.memberId === address.memberId) return found.seq;
    const pointer = `/redemptions/${String(index)}`;
    throw refusalError({ code: 'redemption_not_on_purchase', pointer, details: {} });
  });
  return { lines, redemptions };
}

/** Everything that ever came back of the purchase, this return included. */
function returnedRow(member: MemberState, draft: PostingDraft): ReturnedRow {
  const { memberId, history = [] } = member;
  const seq = draft.subjectSeq ?? 0;
  const before = history.filter(({ purchase }) => purchase === seq);
  const all = [...before.flatMap(({ returned }) => returned), ...(draft.returned ?? [])];
  return {
    bucket: bucketOf(memberId),
    member_id: memberId,
    seq,
    returned: [...returnedSums(all).values()]
      .sort((a, b) => a.line - b.line)
      .map(({ line, quantity, amount }) => [line, quantity, amount]),
  };
}
