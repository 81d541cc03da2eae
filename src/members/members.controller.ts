import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { MemberTokensService } from '../access/member-tokens.service.js';
import { Requires } from '../access/requires.decorator.js';
import { DomainError } from '../platform/http/domain-error.js';
import { EnrolMember, MemberReference, MintToken } from './members.requests.js';
import { MembersService } from './members.service.js';

const TOKEN_SECONDS = 900;

@ApiTags('Members')
@Controller('v1/members')
export class MembersController {
  constructor(
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(MemberTokensService) private readonly tokens: MemberTokensService,
  ) {}

  /** Enrols a member by their own act; a card number is made when none is given. */
  @Post()
  @Requires('members:enrol')
  async enrol(
    @Body() request: EnrolMember,
    @CalledBy() caller: Caller,
  ): Promise<{ id: string; card: string; enrolledAt: string }> {
    const { id, card, enrolledAt } = await this.members.enrol(request, caller.id);
    return { id, card, enrolledAt: new Date(enrolledAt).toISOString() };
  }

  /** The member who presents a card, e-mail or phone. */
  @Post('find')
  @HttpCode(200)
  @Requires('members:read')
  async find(@Body() reference: MemberReference): Promise<{ id: string; status: string }> {
    const id = await this.members.resolve(reference);
    const { status } = await this.members.membership(id);
    return { id, status };
  }

  /** A token that lets the member's own app see and spend; good for at most 15 minutes. */
  @Post(':id/tokens')
  @Requires('tokens:mint')
  async mint(
    @Param('id') id: string,
    @Body() { ttlSeconds }: MintToken,
    @CalledBy() caller: Caller,
  ): Promise<{ token: string; expiresAt: string }> {
    const { status } = await this.members.membership(id);
    if (status !== 'active' || caller.retailer === undefined) {
      throw new DomainError('member_not_active', 'The membership is not active.');
    }
    return this.tokens.mint({
      memberId: id,
      retailer: caller.retailer,
      scopes: ['me:read', 'me:redeem'],
      ttlSeconds: ttlSeconds ?? TOKEN_SECONDS,
    });
  }
}
