import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientOf } from '../../platform/config/client-address.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { Guesses } from '../../platform/throttle/guesses.service.js';
import { Throttle } from '../../platform/throttle/throttle.service.js';
import { CallersService } from '../callers.service.js';
import { nameOf } from '../credentials/credential.js';

/**
 * What becomes of those whose credential does not count. Wrong ones are counted twice: by client
 * address and the credential's visible part, which when used up is not even compared any more, and
 * by client address alone, which only changes the answer to wrong ones. So nobody can be kept out
 * from another address, nor from the same one by whoever does not name their very credential.
 */
@Injectable()
export class FailedCredentials {
  constructor(
    @Inject(CallersService) private readonly callers: CallersService,
    @Inject(Guesses) private readonly guesses: Guesses,
    @Inject(Throttle) private readonly throttle: Throttle,
  ) {}

  /** Throws `rate_limited` when this credential was guessed at too often from this address. */
  check(bearer: string, request: FastifyRequest): void {
    if (this.guesses.isQuiet) return;
    const name = nameOf(bearer);
    if (name !== undefined) this.guesses.check('credential', `${name} ${clientOf(request.ip)}`);
  }

  /** Rejects: as not authenticated, or as one of too many. */
  async refuse(
    bearer: string | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<never> {
    const client = clientOf(request.ip);
    await this.throttle.take('public', client, reply);
    if (bearer !== undefined && (await this.callers.isGuess(bearer))) {
      const name = nameOf(bearer);
      if (name !== undefined) await this.guesses.count('credential', `${name} ${client}`);
      await this.guesses.count('address', client);
    }
    throw new DomainError('unauthenticated', 'A valid credential is needed.');
  }
}
