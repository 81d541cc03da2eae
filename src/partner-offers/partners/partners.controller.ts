import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { IdempotencyKey } from '../../platform/http/request.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { markReplay } from '../../programmes/decide.js';
import { AddBlock } from './partners.requests.js';
import { PartnerStandings } from './partner-standings.service.js';
import { PartnersService } from './partners.service.js';
import {
  blockView,
  BlockView,
  PartnerBlocksView,
  partnerBlocksView,
  PartnersView,
  partnerView,
} from './partners.views.js';

@ApiTags('Partners')
@Controller('v1/partners')
export class PartnersController {
  constructor(
    @Inject(PartnersService) private readonly partners: PartnersService,
    @Inject(PartnerStandings) private readonly standings: PartnerStandings,
  ) {}

  @Get()
  @Requires('partners:read')
  @Answers(200, PartnersView, 'Partners with their terms and what is left of their blocks.')
  async list(@CalledBy() caller: Caller): Promise<PartnersView> {
    const { standings } = await this.standings.list(caller);
    return { partners: standings.map(partnerView) };
  }

  @Get(':code')
  @Requires('partners:read')
  @Answers(200, PartnerBlocksView, 'A partner with its terms and its blocks of points.')
  async one(@Param('code') code: string, @CalledBy() caller: Caller): Promise<PartnerBlocksView> {
    const { standing, blocks } = await this.standings.one(code, caller);
    return partnerBlocksView(standing, blocks);
  }

  @Post(':code/blocks')
  @Requires('partners:fund')
  @Answers(201, BlockView, 'Records a block of points that a partner has paid for.')
  async addBlock(
    @Param('code') code: string,
    @Body() body: AddBlock,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BlockView> {
    const asking = { caller, idempotencyKey };
    const added = await this.partners.addBlock(code, body, asking);
    markReplay(added, reply);
    return blockView(added.block);
  }
}
