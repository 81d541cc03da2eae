import type { Rate } from '../config/rates.js';
import { DomainError } from '../http/domain-error.js';

/** A request too many. It says when to come back, in whole seconds and never too early. */
export class RateLimited extends DomainError {
  readonly retryAfter: number;

  constructor(
    private readonly limit: string,
    private readonly rate: Rate,
    milliseconds: number,
  ) {
    const retryAfter = Math.max(Math.ceil(milliseconds / 1_000), 1);
    const wait = retryAfter === 1 ? 'a second' : `${String(retryAfter)} seconds`;
    super('rate_limited', `Too many of these; come back in ${wait}.`, { retryAfter });
    this.retryAfter = retryAfter;
  }

  get headers(): Readonly<Record<string, string>> {
    const { limit, rate, retryAfter } = this;
    return { 'retry-after': String(retryAfter), ...rateHeaders(limit, rate, 0, retryAfter) };
  }
}

/** What is left of a limit and for how many seconds, as the IETF's draft of these fields has it. */
export const rateHeaders = (
  limit: string,
  { count, seconds }: Rate,
  remaining: number,
  secondsLeft: number,
): Readonly<Record<'ratelimit-policy' | 'ratelimit', string>> => ({
  'ratelimit-policy': `"${limit}";q=${String(count)};w=${String(seconds)}`,
  ratelimit: `"${limit}";r=${String(remaining)};t=${String(secondsLeft)}`,
});
