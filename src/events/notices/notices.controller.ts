import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { memberOf } from '../../members/own-member.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { NoticeResult } from './notices.requests.js';
import { NoticesService } from './notices.service.js';
import {
  NoticesView,
  noticeView,
  SentNoticesView,
  sentNoticeView,
  ToldNoticeView,
  toldNoticeView,
} from './notices.views.js';

/** What members are told. */
@ApiTags('Notices')
@Controller('v1')
export class NoticesController {
  constructor(@Inject(NoticesService) private readonly notices: NoticesService) {}

  @Get('me/notices')
  @Requires('me:read')
  @Answers(200, NoticesView, 'What the member is told; what is shown here counts as told.')
  async own(@CalledBy() caller: Caller): Promise<NoticesView> {
    return { items: (await this.notices.show(memberOf(caller))).map(noticeView) };
  }

  @Get('members/:id/notices')
  @Requires('notices:read')
  @Answers(200, SentNoticesView, 'What a member was told or is to be told, and how it is known.')
  async of(@Param('id') id: string): Promise<SentNoticesView> {
    return { items: (await this.notices.of(id)).map(sentNoticeView) };
  }

  @Post('notices/:id/evidence')
  @HttpCode(200)
  @Requires('notices:confirm')
  @Answers(
    200,
    ToldNoticeView,
    'What became of a notice that somebody passed on, or of its e-mail.',
  )
  async evidence(
    @Param('id') id: string,
    @Body() { result }: NoticeResult,
  ): Promise<ToldNoticeView> {
    return toldNoticeView(await this.notices.confirm(id, result));
  }
}
