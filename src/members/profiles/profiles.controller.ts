import { Body, Controller, Get, Inject, Param, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { memberOf } from '../own-member.js';
import { ChangePreferences } from './profiles.requests.js';
import { ProfilesService } from './profiles.service.js';
import { PreferencesView } from './profiles.views.js';

/** What members say of themselves: they change it, staff read it, other retailers never see it. */
@ApiTags('Preferences')
@Controller('v1')
export class ProfilesController {
  constructor(@Inject(ProfilesService) private readonly profiles: ProfilesService) {}

  @Get('me/preferences')
  @Requires('me:read')
  @Answers(200, PreferencesView, 'What the member said of themselves, and what there is to choose.')
  async own(@CalledBy() caller: Caller): Promise<PreferencesView> {
    return this.profiles.preferences(memberOf(caller));
  }

  @Patch('me/preferences')
  @Requires('me:write')
  @Answers(200, PreferencesView, 'Changes what is named; null takes back what was said.')
  async change(
    @Body() change: ChangePreferences,
    @CalledBy() caller: Caller,
  ): Promise<PreferencesView> {
    return this.profiles.change(memberOf(caller), change, caller.actor);
  }

  @Get('members/:id/preferences')
  @Requires('preferences:read')
  @Answers(200, PreferencesView, 'What a member said of themselves, for staff.')
  async of(@Param('id') id: string): Promise<PreferencesView> {
    return this.profiles.preferences(id);
  }
}
