import { Body, Controller, Inject, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { IdempotencyKey, RequestId } from '../platform/http/request.decorator.js';
import { Answers } from '../platform/http/route.decorator.js';
import { answered } from '../programmes/decide.js';
import { GivePoints } from './transfers.requests.js';
import { TransfersService } from './transfers.service.js';
import { TransferView, transferView } from './transfers.views.js';

@ApiTags('Member')
@Controller('v1/me/transfers')
export class OwnTransfersController {
  constructor(@Inject(TransfersService) private readonly transfers: TransfersService) {}

  @Post()
  @Requires('me:transfer')
  @Answers(201, TransferView, 'Gives points to another member, who gets them as old as they are.')
  async give(
    @Body() asked: GivePoints,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TransferView> {
    const posted = await this.transfers.give(asked, { caller, idempotencyKey, requestId });
    return transferView(answered(posted, reply));
  }
}
