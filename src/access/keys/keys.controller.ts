import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import type { Caller } from '../caller.js';
import { CalledBy } from '../caller.decorator.js';
import { CreateKeyRequest } from './keys.requests.js';
import { KeysService } from '../keys.service.js';
import {
  createdKeySchema,
  keyView,
  keysSchema,
  type CreatedKeyView,
  type KeyView,
} from './keys.views.js';
import { Requires } from '../requires.decorator.js';

@Controller('v1/keys')
export class KeysController {
  constructor(@Inject(KeysService) private readonly keys: KeysService) {}

  @Requires('keys:manage')
  @ApiOkResponse({ schema: keysSchema })
  @Get()
  async list(): Promise<{ items: KeyView[] }> {
    return { items: (await this.keys.list()).map(keyView) };
  }

  @Requires('keys:manage')
  @ApiCreatedResponse({ schema: createdKeySchema })
  @Post()
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

  @Requires('keys:manage')
  @ApiNoContentResponse()
  @HttpCode(204)
  @Delete(':id')
  async revoke(@Param('id') id: string, @CalledBy() caller: Caller): Promise<void> {
    await this.keys.revoke(id, caller.actor);
  }
}
