import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { memberOf } from '../members/own-member.js';
import { Answers } from '../platform/http/route.decorator.js';
import { ShownDates } from './shown-dates.service.js';
import { BalanceAt, LedgerPage } from './statements.requests.js';
import { MemberView, StatementsService } from './statements.service.js';
import { BalanceView, ExplanationView, LedgerPageView } from './statements.views.js';
import { StandingHistoryView } from '../tiers/tiers.views.js';

/** What a member reads about their own points. */
@ApiTags('Member')
@Controller('v1/me')
export class OwnStatementsController {
  constructor(
    @Inject(StatementsService) private readonly statements: StatementsService,
    @Inject(ShownDates) private readonly shown: ShownDates,
  ) {}

  @Get()
  @Requires('me:read')
  @Answers(200, MemberView, 'The member in one look: points to spend and standing.')
  async me(@CalledBy() caller: Caller): Promise<MemberView> {
    return this.statements.member(memberOf(caller));
  }

  @Get('balance')
  @Requires('me:read')
  @Answers(200, BalanceView, 'What the member has, now or at an instant of the past.')
  async balance(@CalledBy() caller: Caller, @Query() query: BalanceAt): Promise<BalanceView> {
    const memberId = memberOf(caller);
    const balance = await this.statements.balance(memberId, query);
    const isNow = query.asOf === undefined && query.validAt === undefined;
    if (isNow) await this.shown.seen(memberId, balance);
    return balance;
  }

  @Get('standing')
  @Requires('me:read')
  @Answers(200, StandingHistoryView, 'Tier, way to the next, and every tier reached.')
  async standing(@CalledBy() caller: Caller): Promise<StandingHistoryView> {
    return this.statements.standing(memberOf(caller));
  }

  @Get('ledger')
  @Requires('me:read')
  @Answers(200, LedgerPageView, 'Every posting, newest first.')
  async ledger(@CalledBy() caller: Caller, @Query() page: LedgerPage): Promise<LedgerPageView> {
    return this.statements.ledgerPage(memberOf(caller), page, caller);
  }

  @Get('postings/:id/explanation')
  @Requires('me:read')
  @Answers(200, ExplanationView, 'Every rule considered for a posting, with its reason.')
  async explanation(@Param('id') id: string, @CalledBy() caller: Caller): Promise<ExplanationView> {
    return this.statements.explanation(id, caller);
  }
}
