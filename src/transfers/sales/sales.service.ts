import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { PurchaseReferences } from '../../accrual/purchase-references.service.js';
import { parsePublicId, type RowAddress } from '../../ledger/address.js';
import type { Command, Posted } from '../../ledger/command.js';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { memberFacts } from '../../members/member-facts.queries.js';
import { MembersService } from '../../members/members.service.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { programmeFor, refusalError } from '../../programmes/decide.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { act } from '../../rules/act.js';
import { saleKey } from '../../rules/sales/terms.js';
import { counterOf } from '../../rules/transfers/terms.js';
import type { SellPoints } from './sales.requests.js';
import { refundWriter, SalesQueries, saleWriter } from './sales.queries.js';
import { saleTermsView, type SaleTermsView } from './sales.views.js';

export interface SaleRequest {
  caller: Caller;
  requestId: string;
  idempotencyKey: string;
}

/** Points that retailers sell and take back: commands of the ledger that the core decides. */
@Injectable()
export class SalesService {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(LedgerQueries) private readonly postings: LedgerQueries,
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(PurchaseReferences) private readonly references: PurchaseReferences,
    @Inject(SalesQueries) private readonly sales: SalesQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  /** What points cost now. */
  async terms(): Promise<SaleTermsView> {
    const terms = saleTermsView(await this.programmes.inForce());
    if (terms === undefined) throw new DomainError('not_found', 'The programme sells no points.');
    return terms;
  }

  /** Books a sale once; its reference is the retailer's for ever. */
  async sell(asked: SellPoints, request: SaleRequest): Promise<Posted> {
    const { points, paid } = asked;
    const memberId = await this.members.resolve(asked.member, request.caller);
    const reference = this.references.of(request.caller, asked.reference);
    return this.ledger.submit({
      ...this.command(memberId, 'sale', request, asked),
      reference,
      needs: (_, { now, programmes }) => ({
        spending: true,
        counters: [counterOf(saleKey(programmeFor(programmes, now, now).timeZone, now), 0)],
        facts: [memberFacts],
      }),
      decide: (state, { now, programmes }) => {
        const programme = programmeFor(programmes, now, now);
        if (paid.currency !== programme.currency) throw wrongCurrency(programme.currency);
        const action = { kind: 'sell', at: now, points, paid: paid.amount } as const;
        const outcome = act(programme, state, action);
        if (outcome.refusal?.pointer !== undefined) throw refusalError(outcome.refusal);
        const seq = outcome.postings.at(-1)?.seq;
        if (outcome.refusal !== undefined || seq === undefined) return { outcome, owned: [] };
        const row = { memberId, seq, ...reference, points, paid: paid.amount };
        return { outcome, owned: [{ writer: saleWriter, rows: [row] }] };
      },
    });
  }

  /** Takes a sale of the retailer's own back. */
  async refund(id: string, request: SaleRequest): Promise<Posted> {
    const address = parsePublicId('pst', id);
    const sale = address === undefined ? undefined : await this.sales.sale(address);
    const sold = address === undefined ? undefined : await this.postings.posting(address);
    const isMine = sale !== undefined && sale.retailer === request.caller.retailer;
    if (!isMine || sold === undefined) {
      throw new DomainError('not_found', 'There is no such sale.');
    }
    const { memberId, seq, points } = sale;
    const { recordedAt, versionNo } = sold;
    return this.ledger.submit({
      ...this.command(memberId, 'sale-refund', request, { seq }),
      needs: (_, { programmes }) => ({
        spending: true,
        counters: [counterOf(saleKey(programmes.version(versionNo).timeZone, recordedAt), 0)],
        facts: [memberFacts],
      }),
      decide: (state, { now, programmes }) => {
        const outcome = act(programmeFor(programmes, now, now), state, {
          kind: 'refund_sale',
          at: now,
          sale: { seq, at: recordedAt, points },
          soldBy: programmes.version(versionNo),
        });
        const refundSeq = outcome.postings.at(-1)?.seq;
        if (outcome.refusal !== undefined || refundSeq === undefined) return { outcome, owned: [] };
        const row: RowAddress & { refundSeq: number } = { memberId, seq, refundSeq };
        return { outcome, owned: [{ writer: refundWriter, rows: [row] }] };
      },
    });
  }

  private command(
    memberId: string,
    operation: string,
    { caller, requestId, idempotencyKey: key }: SaleRequest,
    body: object,
  ): Omit<Command, 'needs' | 'decide'> {
    return {
      memberIds: [memberId],
      caller: caller.id,
      operation,
      actor: caller.actor,
      requestId,
      idempotency: { key, bodyHash: bodyHash({ ...body, memberId }) },
    };
  }
}

function wrongCurrency(currency: string): DomainError {
  const detail = `The programme's currency is ${currency}.`;
  return new DomainError('invalid_request', detail, {}, [
    { pointer: '/paid/currency', code: 'currency_mismatch', detail },
  ]);
}
