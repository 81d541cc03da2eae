import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../access/caller.js';
import { parsePublicId, type RowAddress } from '../ledger/address.js';
import { answerOf, type Posted } from '../ledger/command.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { SharedLimitsQueries } from '../ledger/limits/used.queries.js';
import { DomainError } from '../platform/http/domain-error.js';
import { answered, storedRefusal } from '../programmes/decide.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import type { Programme } from '../rules/programme.js';
import { voucherStateAt } from '../rules/spending/voucher.js';
import type {
  CaptureRedemption,
  ReportDelivery,
  RequestOwnRedemption,
} from './redemptions.requests.js';
import type { RedemptionRequest } from './redemption-command.reader.js';
import { redemptionIn } from './redemption-row.js';
import { RedemptionsService, type Wanted } from './redemptions.service.js';
import {
  postedView,
  quoteView,
  redemptionView,
  rewardViews,
  type QuoteView,
  type RedemptionView,
  type RewardView,
} from './redemptions.views.js';
import { VouchersService } from './vouchers/vouchers.service.js';

/** What retailers' and members' routes share: public ids in, views or stored refusals out. */
@Injectable()
export class RedemptionDesk {
  constructor(
    @Inject(RedemptionsService) private readonly redemptions: RedemptionsService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
    @Inject(SharedLimitsQueries) private readonly limits: SharedLimitsQueries,
    @Inject(VouchersService) private readonly vouchers: VouchersService,
  ) {}

  async rewards(): Promise<RewardView[]> {
    const programme = await this.programmes.inForce();
    const now = await this.ledger.now();
    return rewardViews(programme, now, await this.limits.used([...programme.limits.keys()]));
  }

  async quote(
    memberId: string,
    asked: RequestOwnRedemption,
    caller: Caller,
    requestId: string,
  ): Promise<QuoteView> {
    const posted = await this.redemptions.quote(memberId, wantedOf(asked), caller, requestId);
    return quoteView(accepted(posted), this.versionOf(posted));
  }

  async hold(
    memberId: string,
    asked: RequestOwnRedemption,
    request: RedemptionRequest,
    reply: FastifyReply,
  ): Promise<RedemptionView> {
    return this.answer(await this.redemptions.hold(memberId, wantedOf(asked), request), reply);
  }

  async capture(
    id: string,
    { amount }: CaptureRedemption,
    request: RedemptionRequest,
    reply: FastifyReply,
  ): Promise<RedemptionView> {
    const end = { kind: 'capture', amount } as const;
    return this.answer(await this.redemptions.end(end, addressOf(id), request), reply);
  }

  async release(
    id: string,
    request: RedemptionRequest,
    reply: FastifyReply,
  ): Promise<RedemptionView> {
    const end = { kind: 'release' } as const;
    return this.answer(await this.redemptions.end(end, addressOf(id), request), reply);
  }

  async delivery(
    id: string,
    state: ReportDelivery['state'],
    request: RedemptionRequest,
    reply: FastifyReply,
  ): Promise<RedemptionView> {
    return this.answer(await this.redemptions.deliver(state, addressOf(id), request), reply);
  }

  async redemption(id: string, caller: Caller): Promise<RedemptionView> {
    const address = addressOf(id);
    const redemption = await this.redemptions.visible(address, caller);
    const isOwn = caller.kind === 'member';
    const showsCode = isOwn && voucherStateAt(redemption, await this.ledger.now()) === 'usable';
    const voucher = this.vouchers.issued(address, redemption, showsCode);
    return redemptionView(address.memberId, redemption, await this.programmes.inForce(), {
      voucher,
    });
  }

  private answer(posted: Posted, reply: FastifyReply): RedemptionView {
    const { memberId, effects, operation } = answered(posted, reply);
    const redemption = redemptionIn(effects);
    const address = { memberId, seq: redemption.seq };
    const voucher = this.vouchers.issued(address, redemption, operation === 'capture');
    return postedView(posted, this.versionOf(posted), voucher);
  }

  private versionOf(posted: Posted): Programme {
    return this.programmes.version(answerOf(posted).versionNo);
  }
}

/** One of the two that a request may ask for. */
function wantedOf({ reward, tender }: RequestOwnRedemption): Wanted {
  if (reward !== undefined && tender === undefined) return { reward };
  if (tender !== undefined && reward === undefined) return { tender };
  const detail = 'must name either a reward or points that pay';
  const faults = [{ pointer: '/reward', code: 'reward_or_tender', detail }];
  throw new DomainError('invalid_request', `The body ${detail}.`, {}, faults);
}

/** The posting of an action that was done; a refusal, fresh or replayed, is thrown. */
function accepted(posted: Posted): Posted {
  const refusal = storedRefusal(posted);
  if (refusal !== undefined) throw refusal;
  return posted;
}

function addressOf(id: string): RowAddress {
  const address = parsePublicId('rdm', id);
  if (address === undefined) throw new DomainError('not_found', 'There is no such redemption.');
  return address;
}
