import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { DomainError } from '../../platform/http/domain-error.js';
import type { ErrorCode } from '../../platform/http/error-codes.js';
import { Guesses, type Guessable } from '../../platform/throttle/guesses.service.js';

/** What a route lets its callers guess at. */
export interface Guessed {
  what: Guessable;
  /** Codes of the refusals that say: this was not it. */
  wrong: readonly ErrorCode[];
}

const guessedKey = 'fealty:guessed';

export function declareGuessed(handler: object, guessed: Guessed): void {
  Reflect.defineMetadata(guessedKey, guessed, handler);
}

/** Around the handlers that `@LimitsGuesses()` names. */
@Injectable()
export class GuessesInterceptor implements NestInterceptor {
  constructor(@Inject(Guesses) private readonly guesses: Guesses) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
    const guessed = Reflect.getMetadata(guessedKey, context.getHandler()) as Guessed | undefined;
    if (caller === undefined || guessed === undefined) {
      throw new Error('invariant: guesses are made by callers at what is declared');
    }
    const isWrong = (error: unknown): boolean =>
      error instanceof DomainError && guessed.wrong.includes(error.code);
    const guess = async (): Promise<unknown> => lastValueFrom(next.handle());
    return of(await this.guesses.attempt(guessed.what, caller, isWrong, guess));
  }
}
