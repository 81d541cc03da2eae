import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { bucketOf, type RowAddress } from '../ledger/address.js';
import type { Command, Decision, Moment, OwnedRows, Posted } from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { bodyHash } from '../platform/http/canonical.js';
import { DomainError } from '../platform/http/domain-error.js';
import { programmeFor } from '../programmes/decide.js';
import { act, type Action } from '../rules/act.js';
import { currencyOf } from '../rules/conversions/terms.js';
import type { Outcome } from '../rules/outcome.js';
import type { Programme } from '../rules/programme.js';
import type { Redemption, State } from '../rules/state.js';
import {
  inCurrency,
  redemptionCommand,
  type RedemptionRequest,
} from './redemption-command.reader.js';
import type { PaidMoney, ReportDelivery, TenderAsked } from './redemptions.requests.js';
import { RedemptionsQueries, type HoldDue } from './redemptions.queries.js';
import { VoucherCodesQueries } from './vouchers/voucher-codes.queries.js';

/** What a member would have: a reward, or points that pay. */
export type Wanted = { reward: string } | { tender: TenderAsked };

/** How a hold ends. */
export type End = { kind: 'capture'; amount?: PaidMoney | undefined } | { kind: 'release' };

/** Quote, hold, capture, release: each a command of the ledger that the core decides. */
@Injectable()
export class RedemptionsService {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(RedemptionsQueries) private readonly redemptions: RedemptionsQueries,
    @Inject(VoucherCodesQueries) private readonly codes: VoucherCodesQueries,
  ) {}

  /** What a hold would answer now; nothing is written. */
  async quote(
    memberId: string,
    wanted: Wanted,
    caller: Caller,
    requestId: string,
  ): Promise<Posted> {
    return this.ledger.submit({
      ...this.holding(memberId, wanted, caller, requestId),
      dryRun: true,
    });
  }

  /** Reserves the points of a reward until the programme's hold time is up. */
  async hold(memberId: string, wanted: Wanted, request: RedemptionRequest): Promise<Posted> {
    return this.ledger.submit({
      ...this.holding(memberId, wanted, request.caller, request.requestId),
      idempotency: { key: request.idempotencyKey, bodyHash: bodyHash({ memberId, ...wanted }) },
    });
  }

  /** Ends a hold by turning its points into the reward or by giving them back. */
  async end(end: End, address: RowAddress, request: RedemptionRequest): Promise<Posted> {
    await this.visible(address, request.caller);
    const { memberId, seq } = address;
    const { kind } = end;
    const amount = end.kind === 'capture' ? end.amount : undefined;
    const command = redemptionCommand({
      ...request,
      memberId,
      operation: kind,
      subjects: [seq],
      action: (at, programme, versions) => {
        inCurrency(programme, amount, '/amount/currency');
        return { kind, at, redemption: seq, amount: amount?.amount, versions };
      },
      owned: (outcome) => this.issued(memberId, outcome),
    });
    const body = { memberId, seq, ...(amount !== undefined && { amount }) };
    return this.ledger.submit({
      ...command,
      idempotency: { key: request.idempotencyKey, bodyHash: bodyHash(body) },
    });
  }

  /** What became of a delivery; a failure gives the points back. */
  async deliver(
    delivery: ReportDelivery['state'],
    address: RowAddress,
    request: RedemptionRequest,
  ): Promise<Posted> {
    await this.visible(address, request.caller);
    const { memberId, seq } = address;
    const command = redemptionCommand({
      ...request,
      memberId,
      operation: 'delivery',
      subjects: [seq],
      action: (at) => ({ kind: 'deliver', at, redemption: seq, delivery }),
    });
    const { idempotencyKey: key } = request;
    return this.ledger.submit({
      ...command,
      idempotency: { key, bodyHash: bodyHash({ memberId, seq, delivery }) },
    });
  }

  /** A redemption the caller may see: the retailer that it was made with, or the member. */
  async visible(address: RowAddress, caller: Caller): Promise<Redemption> {
    const redemption = await this.redemptions.redemption(address);
    const mine =
      caller.kind === 'member'
        ? caller.memberId === address.memberId
        : redemption?.retailer === caller.retailer;
    // What becomes units of a partner's currency is confirmed by its own routes.
    const isConversion = currencyOf(redemption?.reward ?? '') !== undefined;
    if (redemption === undefined || isConversion || !mine) {
      throw new DomainError('not_found', 'There is no such redemption.');
    }
    return redemption;
  }

  /** Posts what time has done to a member, and puts them back on the list of holds to end. */
  settling(memberId: string): Command {
    return {
      memberIds: [memberId],
      caller: 'fealty',
      operation: 'settle',
      actor: 'job/hold-time-outs',
      requestId: 'job/hold-time-outs',
      needs: () => ({ spending: true, counters: [], facts: [memberFacts] }),
      decide: (state: State, { now, programmes }: Moment): Decision => {
        const programme = programmeFor(programmes, now, now);
        const outcome = act(programme, state, { kind: 'settle', at: now });
        const open = (outcome.state.members[0]?.redemptions ?? []).filter(
          (each) => each.state === 'held',
        );
        const next = open.length === 0 ? null : Math.min(...open.map((each) => each.expiresAt));
        const row: HoldDue = { bucket: bucketOf(memberId), memberId, dueAt: next };
        return { outcome, owned: [{ writer: this.redemptions.dueWriter, rows: [row] }] };
      },
    };
  }

  /** The rows by which the vouchers that a capture issues are found. */
  private issued(memberId: string, { postings }: Outcome): OwnedRows[] {
    const vouchers = postings
      .flatMap(({ kind, redemptions }) => (kind === 'redeem' ? redemptions : []))
      .filter(({ state, usableUntil }) => state === 'captured' && usableUntil !== undefined);
    const rows = vouchers.map(({ seq }) => this.codes.rowOf({ memberId, seq }));
    return rows.length === 0 ? [] : [{ writer: this.codes.writer, rows }];
  }

  /** A hold of a reward, of whose stock one may be used, or of points that pay. */
  private holding(memberId: string, wanted: Wanted, caller: Caller, requestId: string): Command {
    const { retailer } = caller;
    if (retailer === undefined) throw new DomainError('forbidden', 'Redemptions need a retailer.');
    const action = (at: number, programme: Programme): Action => {
      if ('reward' in wanted) return { kind: 'hold', at, retailer, reward: wanted.reward };
      const { points, total } = wanted.tender;
      inCurrency(programme, total, '/tender/total/currency');
      return { kind: 'tender', at, retailer, points, total: total.amount };
    };
    const command = redemptionCommand({ memberId, caller, requestId, operation: 'hold', action });
    if ('tender' in wanted) return command;
    return {
      ...command,
      needs: (account, moment) => {
        const { now, programmes } = moment;
        const stock = programmeFor(programmes, now, now).rewards.get(wanted.reward)?.stock;
        const shared = stock === undefined ? [] : [stock];
        return { ...command.needs(account, moment), shared };
      },
    };
  }
}
