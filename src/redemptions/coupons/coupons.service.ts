import { Inject, Injectable } from '@nestjs/common';
import type { Command, Decision, Posted } from '../../ledger/command.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { memberFacts } from '../../members/member-facts.queries.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { programmeFor } from '../../programmes/decide.js';
import { act } from '../../rules/act.js';
import { couponCounters } from '../../rules/gifts/award.js';
import { isStale } from '../../rules/spending/settle.js';
import type { RedemptionRequest } from '../redemption-command.reader.js';
import { readCode } from '../vouchers/codes.js';
import { CouponCodesQueries, type KnownCoupon } from './coupon-codes.queries.js';

/** Coupons turned into points: each once, whoever has it. */
@Injectable()
export class CouponsService {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(CouponCodesQueries) private readonly codes: CouponCodesQueries,
  ) {}

  /** Gives a member the points of a coupon; the same key again answers the same. */
  async redeem(memberId: string, code: string, request: RedemptionRequest): Promise<Posted> {
    if (readCode(code) === undefined) {
      throw new DomainError('code_mistyped', 'The code is mistyped: its check symbol is another.');
    }
    const known = await this.codes.find(code);
    if (known === undefined) {
      throw new DomainError('unknown_coupon', 'There is no coupon with this code.');
    }
    const { idempotencyKey: key } = request;
    return this.ledger.submit({
      ...this.command(memberId, known, request),
      idempotency: { key, bodyHash: bodyHash({ memberId, coupon: known.hmac }) },
    });
  }

  private command(
    memberId: string,
    known: KnownCoupon,
    { caller, requestId }: Pick<RedemptionRequest, 'caller' | 'requestId'>,
  ): Command {
    const { coupon, until, hmac } = known;
    const single = this.codes.singleOf(known);
    return {
      memberIds: [memberId],
      caller: caller.id,
      operation: 'coupon',
      actor: caller.actor,
      requestId,
      limits: [single],
      needs: (account, { now, programmes }) => {
        const programme = programmeFor(programmes, now, now);
        const budget = programme.coupons.get(coupon)?.budget;
        return {
          spending: isStale(account, now),
          counters: couponCounters(programme, coupon, now),
          facts: [memberFacts],
          shared: budget === undefined ? [] : [budget],
        };
      },
      decide: (state, { now, programmes }): Decision => {
        const programme = programmeFor(programmes, now, now);
        const action = { kind: 'coupon', at: now, coupon, until, single: single.id } as const;
        const outcome = act(programme, state, action);
        const seq = outcome.postings.at(-1)?.seq;
        if (outcome.refusal !== undefined || seq === undefined) return { outcome, owned: [] };
        const rows = [{ hmac, memberId, seq }];
        return { outcome, owned: [{ writer: this.codes.writer, rows }] };
      },
    };
  }
}
