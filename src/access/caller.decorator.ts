import { createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './caller.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard, on every route that is not public. */
    caller?: Caller;
  }
}

/** Who makes the request. A public route has no caller and must not ask. */
export const CalledBy = createParamDecorator((_, context): Caller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller === undefined) throw new Error('invariant: the guard has let a caller through');
  return caller;
});
