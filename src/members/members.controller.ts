import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { MemberTokensService } from '../access/member-tokens.service.js';
import { defaultMemberScopes } from '../access/permissions.js';
import { Requires } from '../access/requires.decorator.js';
import { DomainError } from '../platform/http/domain-error.js';
import { Answers } from '../platform/http/route.decorator.js';
import { EnrolMember, MemberReference, MintToken } from './members.requests.js';
import { MembersService } from './members.service.js';
import { PresenceQueries } from './presence/presence.queries.js';
import { EnrolledView, FoundMemberView, TokenView } from './members.views.js';

const TOKEN_SECONDS = 900;

@ApiTags('Members')
@Controller('v1/members')
export class MembersController {
  constructor(
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(MemberTokensService) private readonly tokens: MemberTokensService,
    @Inject(PresenceQueries) private readonly presences: PresenceQueries,
  ) {}

  @Post()
  @Requires('members:enrol')
  @Answers(201, EnrolledView, 'Enrols a member by their own act; makes a card number if need be.')
  async enrol(@Body() request: EnrolMember, @CalledBy() caller: Caller): Promise<EnrolledView> {
    const { id, card, enrolledAt } = await this.members.enrol(request, caller.id, caller);
    return { id, card, enrolledAt: new Date(enrolledAt).toISOString() };
  }

  @Post('find')
  @Requires('members:read')
  @Answers(200, FoundMemberView, 'The member who presents a card, e-mail or phone.')
  async find(
    @Body() reference: MemberReference,
    @CalledBy() caller: Caller,
  ): Promise<FoundMemberView> {
    const id = await this.members.resolve(reference, caller);
    const { status } = await this.members.membership(id);
    return { id, status };
  }

  @Post(':id/tokens')
  @Requires('tokens:mint')
  @Answers(201, TokenView, "A token for the member's own app to see and spend, for minutes.")
  async mint(
    @Param('id') id: string,
    @Body() { ttlSeconds, scopes }: MintToken,
    @CalledBy() caller: Caller,
  ): Promise<TokenView> {
    const { status } = await this.members.membership(id);
    if (status !== 'active' || caller.retailer === undefined) {
      throw new DomainError('member_not_active', 'The membership is not active.');
    }
    await this.presences.noteLogin(id);
    return this.tokens.mint({
      memberId: id,
      retailer: caller.retailer,
      scopes: scopes ?? defaultMemberScopes,
      ttlSeconds: ttlSeconds ?? TOKEN_SECONDS,
    });
  }
}
