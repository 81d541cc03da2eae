import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { Answers } from '../platform/http/route.decorator.js';
import { BalanceAt, LedgerPage } from './statements.requests.js';
import { MemberView, StatementsService } from './statements.service.js';
import { BalanceView, ExplanationView, LedgerPageView } from './statements.views.js';
import { StandingHistoryView } from '../tiers/tiers.views.js';

/** What retailers and staff read about a member. */
@ApiTags('Statements')
@Controller('v1')
export class StatementsController {
  constructor(@Inject(StatementsService) private readonly statements: StatementsService) {}

  @Get('members/:id')
  @Requires('members:read')
  @Answers(200, MemberView, 'A member in one look: points to spend and standing.')
  async member(@Param('id') id: string): Promise<MemberView> {
    return this.statements.member(id);
  }

  @Get('members/:id/balance')
  @Requires('members:read')
  @Answers(200, BalanceView, 'What the member has, now or at an instant of the past.')
  async balance(@Param('id') id: string, @Query() query: BalanceAt): Promise<BalanceView> {
    return this.statements.balance(id, query);
  }

  @Get('members/:id/standing')
  @Requires('members:read')
  @Answers(200, StandingHistoryView, 'Tier, way to the next, and every tier reached.')
  async standing(@Param('id') id: string): Promise<StandingHistoryView> {
    return this.statements.standing(id);
  }

  @Get('members/:id/ledger')
  @Requires('members:read')
  @Answers(200, LedgerPageView, 'Postings, newest first; a retailer sees those it made.')
  async ledger(
    @Param('id') id: string,
    @Query() page: LedgerPage,
    @CalledBy() caller: Caller,
  ): Promise<LedgerPageView> {
    return this.statements.ledgerPage(id, page, caller);
  }

  @Get('postings/:id/explanation')
  @Requires('members:read')
  @Answers(200, ExplanationView, 'Every rule considered for a posting, with its reason.')
  async explanation(@Param('id') id: string, @CalledBy() caller: Caller): Promise<ExplanationView> {
    return this.statements.explanation(id, caller);
  }
}
