import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../platform/http/domain-error.js';
import { PUBLIC, accessOf } from '../platform/http/route.decorator.js';
import type { Caller } from './caller.js';
import { CallersService } from './callers.service.js';
import type { Permission } from './permissions.js';

/** The one door: every route passes it, and what declares nothing is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly needs = new WeakMap<object, string | undefined>();

  constructor(@Inject(CallersService) private readonly callers: CallersService) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const needed = this.neededBy(context.getHandler());
    if (needed === PUBLIC) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = this.callers.callerOf(bearerOf(request.headers.authorization));
    if (caller instanceof Promise) return caller.then((found) => admit(request, found, needed));
    return admit(request, caller, needed);
  }

  private neededBy(handler: object): string | undefined {
    if (this.needs.has(handler)) return this.needs.get(handler);
    const declared = accessOf(handler);
    const needed = declared.length === 1 ? declared[0] : undefined;
    this.needs.set(handler, needed);
    return needed;
  }
}

function bearerOf(header: string | undefined): string {
  const scheme = header?.slice(0, 7).toLowerCase();
  if (header === undefined || scheme !== 'bearer ') throw unauthenticated();
  return header.slice(7);
}

function admit(
  request: FastifyRequest,
  caller: Caller | undefined,
  needed: string | undefined,
): boolean {
  if (caller === undefined) throw unauthenticated();
  // A permission that is not of the list is in no set, so an undeclared route stays closed.
  if (needed === undefined || !caller.permissions.has(needed as Permission)) {
    throw new DomainError('forbidden', 'The credential does not allow this.');
  }
  request.caller = caller;
  return true;
}

const unauthenticated = (): DomainError =>
  new DomainError('unauthenticated', 'A valid credential is needed.');
