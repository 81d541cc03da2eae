import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../../access/caller.js';
import { answerOf, type Posted } from '../../ledger/command.js';
import { balanceOf } from '../../ledger/ledger.views.js';
import { answered, storedRefusal } from '../../programmes/decide.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import type { Programme } from '../../rules/programme.js';
import { ConversionsService, type Conversions } from './conversions.service.js';
import {
  amountsIn,
  conversionView,
  foreignCurrencyView,
  postedConversion,
  type ConversionQuoteView,
  type ConversionView,
  type ConversionsView,
  type ForeignCurrencyView,
} from './conversions.views.js';

/** What retailers' and members' routes share: views or stored refusals out. */
@Injectable()
export class ConversionDesk {
  constructor(
    @Inject(ConversionsService) private readonly conversions: ConversionsService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  async currencies(): Promise<ForeignCurrencyView[]> {
    const { conversions } = await this.programmes.inForce();
    return [...conversions.values()].map(foreignCurrencyView);
  }

  quoted(posted: Posted): ConversionQuoteView {
    const refusal = storedRefusal(posted);
    if (refusal !== undefined) throw refusal;
    const posting = answerOf(posted);
    return {
      ...amountsIn(posting, this.version),
      accepted: true,
      balanceAfter: balanceOf(posting.after),
    };
  }

  answer(posted: Posted, reply: FastifyReply, isOwn = false): ConversionView {
    const posting = answered(posted, reply);
    const view = postedConversion(posting, this.version);
    return isOwn ? { ...view, balance: balanceOf(posting.after) } : view;
  }

  async conversion(id: string, caller: Caller): Promise<ConversionView> {
    const row = await this.conversions.conversion(id, caller);
    return conversionView(row, await this.programmes.inForce(), await this.conversions.now());
  }

  async page({ rows, next, now }: Conversions): Promise<ConversionsView> {
    const programme = await this.programmes.inForce();
    return { items: rows.map((row) => conversionView(row, programme, now)), next };
  }

  private readonly version = (no: number): Programme => this.programmes.version(no);
}
