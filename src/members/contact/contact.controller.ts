import { Body, Controller, Get, Inject, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { memberOf } from '../own-member.js';
import { ChangeContact } from './contact.requests.js';
import { ContactService } from './contact.service.js';
import { ContactView, contactView } from './contact.views.js';

/** How a member lets themselves be told things. */
@ApiTags('Contact')
@Controller('v1/me/contact')
export class ContactController {
  constructor(@Inject(ContactService) private readonly contact: ContactService) {}

  @Get()
  @Requires('me:read')
  @Answers(200, ContactView, 'Over which channels the member lets themselves be told things.')
  async own(@CalledBy() caller: Caller): Promise<ContactView> {
    return contactView(await this.contact.of(memberOf(caller)));
  }

  @Patch()
  @Requires('me:write')
  @Answers(200, ContactView, 'Allows or forbids what is named, from now on.')
  async change(@Body() change: ChangeContact, @CalledBy() caller: Caller): Promise<ContactView> {
    return contactView(await this.contact.change(memberOf(caller), change, caller.actor));
  }
}
