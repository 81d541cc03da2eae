import { UseInterceptors, applyDecorators } from '@nestjs/common';
import type { ErrorCode } from '../../platform/http/error-codes.js';
import type { Guessable } from '../../platform/throttle/guesses.service.js';
import { GuessesInterceptor, declareGuessed } from './guesses.interceptor.js';

/**
 * The route is told something that could be guessed, and refuses it with one of the codes when it is
 * not right. A caller with too many wrong guesses gets 429 before the handler is asked.
 */
export function LimitsGuesses(what: Guessable, ...wrong: ErrorCode[]): MethodDecorator {
  const declare: MethodDecorator = (_target, _name, descriptor) => {
    declareGuessed(descriptor.value as object, { what, wrong });
  };
  return applyDecorators(declare, UseInterceptors(GuessesInterceptor));
}
