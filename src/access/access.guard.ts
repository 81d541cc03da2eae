import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientOf } from '../platform/config/client-address.js';
import type { RouteClass } from '../platform/config/rates.js';
import { DomainError } from '../platform/http/domain-error.js';
import { PUBLIC, accessOf } from '../platform/http/route.decorator.js';
import { ratedAs } from '../platform/throttle/rated.decorator.js';
import { Throttle } from '../platform/throttle/throttle.service.js';
import type { Caller } from './caller.js';
import { CallersService } from './callers.service.js';
import { FailedCredentials } from './guesses/failed-credentials.service.js';
import type { Permission } from './permissions.js';

interface Rule {
  needed: string | undefined;
  rated: RouteClass | 'none';
}

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** The one door: every route passes it, and what declares nothing is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly rules = new WeakMap<object, Rule>();

  constructor(
    @Inject(CallersService) private readonly callers: CallersService,
    @Inject(FailedCredentials) private readonly failed: FailedCredentials,
    @Inject(Throttle) private readonly throttle: Throttle,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.ruleOf(context.getHandler());
    const http = context.switchToHttp();
    const exchange: Exchange = { request: http.getRequest(), reply: http.getResponse() };
    return rule.needed === PUBLIC ? this.admitAnybody(rule, exchange) : this.admit(rule, exchange);
  }

  private async admitAnybody({ rated }: Rule, { request, reply }: Exchange): Promise<boolean> {
    if (rated !== 'none') await this.throttle.take('public', clientOf(request.ip), reply);
    return true;
  }

  private async admit({ needed, rated }: Rule, { request, reply }: Exchange): Promise<boolean> {
    const bearer = bearerOf(request.headers.authorization);
    if (bearer === undefined) return this.failed.refuse(bearer, request, reply);
    this.failed.check(bearer, request);
    // Keys, the usual case, are there at once.
    const found = this.callers.callerOf(bearer);
    const caller = found instanceof Promise ? await found : found;
    if (caller === undefined) return this.failed.refuse(bearer, request, reply);
    const { kind, id, actor } = caller;
    if (rated !== 'none') {
      await this.throttle.take(paceOf(rated, caller), kind === 'retailer' ? actor : id, reply);
    }
    // A permission that is not of the list is in no set, so an undeclared route stays closed.
    if (needed === undefined || !caller.permissions.has(needed as Permission)) {
      throw new DomainError('forbidden', 'The credential does not allow this.');
    }
    request.caller = { ...caller, from: request.ip };
    return true;
  }

  private ruleOf(handler: object): Rule {
    const known = this.rules.get(handler);
    if (known !== undefined) return known;
    const declared = accessOf(handler);
    const needed = declared.length === 1 ? declared[0] : undefined;
    const rule = { needed, rated: ratedAs(handler) };
    this.rules.set(handler, rule);
    return rule;
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
