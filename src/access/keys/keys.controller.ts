import { Body, Controller, Delete, Get, Inject, Param, Post } from '@nestjs/common';
import { Answers } from '../../platform/http/route.decorator.js';
import type { Caller } from '../caller.js';
import { CalledBy } from '../caller.decorator.js';
import { CreateKeyRequest } from './keys.requests.js';
import { KeysService } from '../keys.service.js';
import { CreatedKeyView, KeysView, keyView } from './keys.views.js';
import { Requires } from '../requires.decorator.js';

@Controller('v1/keys')
export class KeysController {
  constructor(@Inject(KeysService) private readonly keys: KeysService) {}

  @Get()
  @Requires('keys:manage')
  @Answers(200, KeysView, 'Every API key, without the keys themselves.')
  async list(): Promise<KeysView> {
    return { items: (await this.keys.list()).map(keyView) };
  }

  @Post()
  @Requires('keys:manage')
  @Answers(201, CreatedKeyView, 'Makes an API key for a retailer.')
  async create(
    @Body() { retailer, retailerKind, retailerName, scopes, expiresAt }: CreateKeyRequest,
    @CalledBy() caller: Caller,
  ): Promise<CreatedKeyView> {
    const { key, keyId } = await this.keys.create({
      retailer,
      retailerKind,
      retailerName,
      scopes,
      expiresAt,
      createdBy: caller.actor,
    });
    return { id: keyId, key };
  }

  @Delete(':id')
  @Requires('keys:manage')
  @Answers(204, undefined, 'Revokes an API key, on every replica within a second.')
  async revoke(@Param('id') id: string, @CalledBy() caller: Caller): Promise<void> {
    await this.keys.revoke(id, caller.actor);
  }
}
