import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { memberOf } from '../members/own-member.js';
import type { StandingView } from '../tiers/standing.js';
import type { TierStep } from '../tiers/standings.queries.js';
import { BalanceAt, LedgerPage } from './statements.requests.js';
import { StatementsService, type MemberView } from './statements.service.js';
import type { BalanceView, ExplanationView, PostingView } from './statements.views.js';

/** What a member reads about their own points. */
@ApiTags('Member')
@Controller('v1/me')
export class OwnStatementsController {
  constructor(@Inject(StatementsService) private readonly statements: StatementsService) {}

  @Get()
  @Requires('me:read')
  async me(@CalledBy() caller: Caller): Promise<MemberView> {
    return this.statements.member(memberOf(caller));
  }

  @Get('balance')
  @Requires('me:read')
  async balance(@CalledBy() caller: Caller, @Query() query: BalanceAt): Promise<BalanceView> {
    return this.statements.balance(memberOf(caller), query);
  }

  @Get('standing')
  @Requires('me:read')
  async standing(@CalledBy() caller: Caller): Promise<StandingView & { history: TierStep[] }> {
    return this.statements.standing(memberOf(caller));
  }

  @Get('ledger')
  @Requires('me:read')
  async ledger(
    @CalledBy() caller: Caller,
    @Query() page: LedgerPage,
  ): Promise<{ postings: PostingView[]; next: string | null }> {
    return this.statements.ledgerPage(memberOf(caller), page, caller);
  }

  @Get('postings/:id/explanation')
  @Requires('me:read')
  async explanation(@Param('id') id: string, @CalledBy() caller: Caller): Promise<ExplanationView> {
    return this.statements.explanation(id, caller);
  }
}
