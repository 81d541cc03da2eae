import { Inject, Injectable } from '@nestjs/common';
import type { Command, Decision, Moment, Needs, OwnedRows, Posted } from '../../ledger/command.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { memberFacts, memberFactsFor } from '../../members/member-facts.queries.js';
import { activationWriter } from '../../partner-offers/offers/activations.queries.js';
import { offerFactsFor } from '../../partner-offers/offers/offer-facts.queries.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { programmeFor } from '../../programmes/decide.js';
import { act, type Action } from '../../rules/act.js';
import { countersNeeded } from '../../rules/earning/counters.js';
import { couponCounters } from '../../rules/gifts/award.js';
import { nothingBought } from '../../rules/offers/valid.js';
import type { Programme } from '../../rules/programme.js';
import { isStale } from '../../rules/spending/settle.js';
import type { RedemptionRequest } from '../redemption-command.reader.js';
import { readCode } from '../vouchers/codes.js';
import { CouponCodesQueries, type CouponOf, type KnownCoupon } from './coupon-codes.queries.js';

/** Coupons turned into points, or into an offer that is activated: each once, whoever has it. */
@Injectable()
export class CouponsService {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(CouponCodesQueries) private readonly codes: CouponCodesQueries,
  ) {}

  /** Gives a member what a coupon is worth; the same key again answers the same. */
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
    const { what, hmac } = known;
    const single = this.codes.singleOf(known);
    return {
      memberIds: [memberId],
      caller: caller.id,
      operation: 'coupon',
      actor: caller.actor,
      requestId,
      limits: [single],
      needs: (account, { now, programmes }) => ({
        spending: isStale(account, now),
        ...needsOf(what, programmeFor(programmes, now, now), now),
      }),
      decide: (state, { now, programmes }: Moment): Decision => {
        const programme = programmeFor(programmes, now, now);
        const outcome = act(programme, state, actionOf(known, now, single.id));
        const seq = outcome.postings.at(-1)?.seq;
        if (outcome.refusal !== undefined || seq === undefined) return { outcome, owned: [] };
        const owned: OwnedRows[] = [{ writer: this.codes.writer, rows: [{ hmac, memberId, seq }] }];
        if (what.kind === 'offer') {
          const rows = [{ memberId, offer: what.code, at: now }];
          owned.push({ writer: activationWriter, rows });
        }
        return { outcome, owned };
      },
    };
  }
}

function actionOf({ what, until }: KnownCoupon, at: number, single: string): Action {
  const { kind, code } = what;
  return kind === 'coupon'
    ? { kind, at, coupon: code, until, single }
    : { kind: 'activate', at, offer: code, until, single };
}

/** An offer is activated by what its accruals are decided on, a gift by what was given before. */
function needsOf(
  { kind, code }: CouponOf,
  programme: Programme,
  now: number,
): Omit<Needs, 'spending'> {
  if (kind === 'offer') {
    return {
      counters: countersNeeded(programme, now, nothingBought),
      facts: [memberFactsFor(programme), ...offerFactsFor(programme, now)],
    };
  }
  const budget = programme.coupons.get(code)?.budget;
  return {
    counters: couponCounters(programme, code, now),
    facts: [memberFacts],
    shared: budget === undefined ? [] : [budget],
  };
}
