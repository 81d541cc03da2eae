import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { parsePublicId, type RowAddress } from '../../ledger/address.js';
import { answerOf, type Command, type Posted } from '../../ledger/command.js';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { storedRefusal } from '../../programmes/decide.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import type { Programme } from '../../rules/programme.js';
import type { Redemption } from '../../rules/state.js';
import { voucherOf, voucherStateAt } from '../../rules/spending/voucher.js';
import type { VoucherTerms } from '../../rules/vouchers.js';
import {
  inCurrency,
  redemptionCommand,
  type RedemptionRequest,
} from '../redemption-command.reader.js';
import { redemptionIn } from '../redemption-row.js';
import { RedemptionsQueries } from '../redemptions.queries.js';
import { readCode } from './codes.js';
import { VoucherCodesQueries } from './voucher-codes.queries.js';
import type { UseVoucher } from './vouchers.requests.js';
import { issuedVoucherView, voucherView } from './vouchers.views.js';
import type { IssuedVoucherView, VoucherView } from './vouchers.views.js';

/** Vouchers by their codes: looked at, used once, and lapsing. */
@Injectable()
export class VouchersService {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(LedgerQueries) private readonly ledgerQueries: LedgerQueries,
    @Inject(RedemptionsQueries) private readonly redemptions: RedemptionsQueries,
    @Inject(VoucherCodesQueries) private readonly codes: VoucherCodesQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  async look(code: string, { retailer }: Caller): Promise<VoucherView> {
    const redemption = await this.redemptions.redemption(await this.named(code));
    if (redemption === undefined) throw unknown();
    const state = voucherStateAt(redemption, await this.ledgerQueries.now());
    return voucherView(redemption, this.termsOf(redemption), { state, retailer });
  }

  /** Uses a voucher up; the same key again answers the same. */
  async use(
    code: string,
    { total, purchase }: UseVoucher,
    request: RedemptionRequest,
  ): Promise<Posted> {
    const { retailer } = request.caller;
    if (retailer === undefined) throw new DomainError('forbidden', 'Retailers take vouchers.');
    const { memberId, seq } = await this.named(code);
    const purchaseSeq = await this.purchaseOf(memberId, purchase, request.caller);
    const command = redemptionCommand({
      ...request,
      memberId,
      operation: 'use-voucher',
      subjects: [seq],
      purchase: purchaseSeq,
      action: (at, programme, versions) => {
        inCurrency(programme, total, '/total/currency');
        const on = { total: total?.amount, purchase: purchaseSeq };
        return { kind: 'use', at, redemption: seq, retailer, ...on, versions };
      },
    });
    const body = { memberId, seq, ...(total && { total }), ...(purchase && { purchase }) };
    const idempotency = { key: request.idempotencyKey, bodyHash: bodyHash(body) };
    return this.ledger.submit({ ...command, idempotency });
  }

  /** What is told of the voucher that a redemption is; undefined = it is none, or not issued. */
  issued(
    { memberId, seq }: RowAddress,
    redemption: Pick<Redemption, 'reward' | 'usableUntil' | 'termsNo'>,
    showsCode: boolean,
  ): IssuedVoucherView | undefined {
    const { usableUntil } = redemption;
    if (usableUntil === undefined) return undefined;
    const { terms } = this.termsOf(redemption);
    const code = showsCode ? this.codes.codeOf({ memberId, seq }) : undefined;
    return issuedVoucherView(terms, usableUntil, code);
  }

  /** The command that gives the points of a lapsed voucher back. */
  givingBack({ memberId, seq }: RowAddress): Command {
    return redemptionCommand({
      memberId,
      caller: { id: 'fealty', actor: 'job/voucher-lapses' },
      requestId: 'job/voucher-lapses',
      operation: 'lapse',
      subjects: [seq],
      action: (at) => ({ kind: 'lapse', at, redemption: seq }),
    });
  }

  /** A used voucher as it is answered; throws the refusal where that is what was posted. */
  used(posted: Posted, { retailer }: Caller): VoucherView {
    const refusal = storedRefusal(posted);
    if (refusal !== undefined) throw refusal;
    const { memberId, effects } = answerOf(posted);
    const redemption = redemptionIn(effects);
    const { seq } = redemption;
    const seen = { state: 'used', retailer } as const;
    return voucherView(redemption, this.termsOf(redemption), seen, { memberId, seq });
  }

  private termsOf(redemption: Pick<Redemption, 'reward' | 'termsNo'>): {
    terms: VoucherTerms;
    programme: Programme;
  } {
    const found = voucherOf(redemption, this.programmes);
    if (found === undefined) throw new Error('invariant: what has a code is a voucher');
    return found;
  }

  private async named(code: string): Promise<RowAddress> {
    if (readCode(code) === undefined) {
      throw new DomainError('code_mistyped', 'The code is mistyped: its check symbol is another.');
    }
    const address = await this.codes.find(code);
    if (address === undefined) throw unknown();
    return address;
  }

  /** The number of a purchase that this retailer booked for the voucher's member. */
  private async purchaseOf(
    memberId: string,
    purchase: string | undefined,
    { id }: Caller,
  ): Promise<number | undefined> {
    if (purchase === undefined) return undefined;
    const address = parsePublicId('pur', purchase);
    const isOfMember = address?.memberId === memberId;
    const posting = isOfMember ? await this.ledgerQueries.posting(address) : undefined;
    if (posting?.kind === 'accrue' && posting.caller === id) return posting.seq;
    const detail = "There is no such purchase of yours by the voucher's member.";
    const faults = [{ pointer: '/purchase', code: 'original_not_found', detail }];
    throw new DomainError('original_not_found', detail, {}, faults);
  }
}

const unknown = (): DomainError =>
  new DomainError('unknown_voucher', 'There is no voucher with this code.');
