import { Body, Controller, Delete, Get, Inject, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { ChangeEndpoint, ChangeSecret, CreateEndpoint } from './endpoints.requests.js';
import { EndpointsService } from './endpoints.service.js';
import {
  CreatedEndpointView,
  createdEndpointView,
  endpointView,
  EndpointsView,
  EndpointView,
  NewSecretView,
  TestedView,
} from './endpoints.views.js';

/** Where events are sent. */
@ApiTags('Webhooks')
@Controller('v1/webhooks')
export class EndpointsController {
  constructor(@Inject(EndpointsService) private readonly endpoints: EndpointsService) {}

  @Get()
  @Requires('webhooks:manage')
  @Answers(200, EndpointsView, 'Endpoints that events are sent to, and how it goes.')
  async list(): Promise<EndpointsView> {
    return { items: (await this.endpoints.list()).map(endpointView) };
  }

  @Post()
  @Requires('webhooks:manage')
  @Answers(201, CreatedEndpointView, 'Adds an endpoint: what happens from now on is sent to it.')
  async create(
    @Body() body: CreateEndpoint,
    @CalledBy() caller: Caller,
  ): Promise<CreatedEndpointView> {
    const { endpoint, secret } = await this.endpoints.create(body, caller.actor);
    return createdEndpointView(endpoint, secret);
  }

  @Get(':id')
  @Requires('webhooks:manage')
  @Answers(200, EndpointView, 'An endpoint, and how it goes.')
  async one(@Param('id') id: string): Promise<EndpointView> {
    return endpointView(await this.endpoints.one(id));
  }

  @Patch(':id')
  @Requires('webhooks:manage')
  @Answers(200, EndpointView, 'Changes what is named: address, types, description or state.')
  async change(
    @Param('id') id: string,
    @Body() body: ChangeEndpoint,
    @CalledBy() caller: Caller,
  ): Promise<EndpointView> {
    return endpointView(await this.endpoints.change(id, body, caller.actor));
  }

  @Delete(':id')
  @Requires('webhooks:manage')
  @Answers(204, undefined, 'Removes an endpoint; nothing is sent to it any more.')
  async remove(@Param('id') id: string, @CalledBy() caller: Caller): Promise<void> {
    await this.endpoints.remove(id, caller.actor);
  }

  @Post(':id/secret')
  @Requires('webhooks:manage')
  @Answers(201, NewSecretView, 'Makes a new secret; the one before is good until the overlap ends.')
  async newSecret(
    @Param('id') id: string,
    @Body() { overlapHours }: ChangeSecret,
    @CalledBy() caller: Caller,
  ): Promise<NewSecretView> {
    const made = await this.endpoints.newSecret(id, overlapHours, caller.actor);
    return { secret: made.secret, oldSecretUntil: made.oldSecretUntil?.toISOString() ?? null };
  }

  @Post(':id/test')
  @Requires('webhooks:manage')
  @Answers(202, TestedView, 'Sends an event that says nothing, to try out whether it arrives.')
  async tryOut(@Param('id') id: string): Promise<TestedView> {
    return { event: await this.endpoints.tryOut(id) };
  }
}
