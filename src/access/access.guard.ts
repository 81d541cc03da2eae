import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientOf } from '../platform/config/client-address.js';
import type { RouteClass } from '../platform/config/rates.js';
import { DomainError } from '../platform/http/domain-error.js';
import { PUBLIC } from '../platform/http/route.decorator.js';
import { Door, type Access } from '../platform/http/routes.reader.js';
import { Throttle } from '../platform/throttle/throttle.service.js';
import type { Caller } from './caller.js';
import { CallersService } from './callers.service.js';
import { FailedCredentials } from './guesses/failed-credentials.service.js';
import type { Permission } from './permissions.js';

/** The one door: every route of a controller passes it. */
@Injectable()
export class AccessGuard extends Door {
  constructor(
    @Inject(CallersService) private readonly callers: CallersService,
    @Inject(FailedCredentials) private readonly failed: FailedCredentials,
    @Inject(Throttle) private readonly throttle: Throttle,
  ) {
    super();
  }

  override admit(
    access: Access,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> | undefined {
    const { needed, rated } = access;
    if (needed === PUBLIC) {
      if (rated === 'none') return undefined;
      return this.throttle.take('public', clientOf(request.ip), reply);
    }
    const bearer = bearerOf(request.headers.authorization);
    if (bearer === undefined) return this.failed.refuse(bearer, request, reply);
    this.failed.check(bearer, request);
    const pass = (caller: Caller | undefined): Promise<void> | undefined => {
      if (caller === undefined) return this.failed.refuse(bearer, request, reply);
      return this.let(caller, access, request, reply);
    };
    // Keys, the usual case, are there at once.
    const found = this.callers.callerOf(bearer);
    return found instanceof Promise ? found.then(pass) : pass(found);
  }

  /** In, as this caller, or rejects. */
  private async let(
    caller: Caller,
    { needed, rated }: Access,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { kind, id, actor } = caller;
    if (rated !== 'none') {
      await this.throttle.take(paceOf(rated, caller), kind === 'retailer' ? actor : id, reply);
    }
    // A permission that is not of the list is in no set, so such a route stays closed.
    if (!caller.permissions.has(needed as Permission)) {
      throw new DomainError('forbidden', 'The credential does not allow this.');
    }
    request.caller = { ...caller, from: request.ip };
  }
}

function bearerOf(header: string | undefined): string | undefined {
  const scheme = header?.slice(0, 7).toLowerCase();
  return scheme === 'bearer ' ? header?.slice(7) : undefined;
}

/** Members and staff read and write at the pace of people, whichever it is. */
function paceOf(rated: RouteClass, { kind }: Caller): RouteClass {
  const isPlain = rated === 'reads' || rated === 'writes';
  return isPlain && kind !== 'retailer' ? 'people' : rated;
}
