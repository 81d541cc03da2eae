import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import type { StandingView } from '../tiers/standing.js';
import type { TierStep } from '../tiers/standings.queries.js';
import { BalanceAt, LedgerPage } from './statements.requests.js';
import { StatementsService, type MemberView } from './statements.service.js';
import type { BalanceView, ExplanationView, PostingView } from './statements.views.js';

/** What retailers and staff read about a member. */
@ApiTags('Statements')
@Controller('v1')
export class StatementsController {
  constructor(@Inject(StatementsService) private readonly statements: StatementsService) {}

  @Get('members/:id')
  @Requires('members:read')
  async member(@Param('id') id: string): Promise<MemberView> {
    return this.statements.member(id);
  }

  @Get('members/:id/balance')
  @Requires('members:read')
  async balance(@Param('id') id: string, @Query() query: BalanceAt): Promise<BalanceView> {
    return this.statements.balance(id, query);
  }

  @Get('members/:id/standing')
  @Requires('members:read')
  async standing(@Param('id') id: string): Promise<StandingView & { history: TierStep[] }> {
    return this.statements.standing(id);
  }

  /** Newest first; a retailer sees what it posted itself. */
  @Get('members/:id/ledger')
  @Requires('members:read')
  async ledger(
    @Param('id') id: string,
    @Query() page: LedgerPage,
    @CalledBy() caller: Caller,
  ): Promise<{ postings: PostingView[]; next: string | null }> {
    return this.statements.ledgerPage(id, page, caller);
  }

  /** Every rule considered for a posting, applied or skipped, with its reason. */
  @Get('postings/:id/explanation')
  @Requires('members:read')
  async explanation(@Param('id') id: string, @CalledBy() caller: Caller): Promise<ExplanationView> {
    return this.statements.explanation(id, caller);
  }
}
