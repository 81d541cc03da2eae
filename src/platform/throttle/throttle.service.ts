import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Rate, RouteClass } from '../config/rates.js';
import { Settings } from '../config/settings.js';
import { rateHeaders } from './rate-limited.js';
import { TurnedAway } from './turned-away.service.js';

interface Limit {
  rate: Rate;
  limiter: RateLimiterMemory;
}

/**
 * What each caller may ask of this process in a window, so that none of them takes it all. It is
 * kept in memory for one window and shared with nobody: a fleet of n lets n times as much through.
 */
@Injectable()
export class Throttle {
  private readonly limits = new Map<RouteClass, Limit>();

  constructor(
    @Inject(Settings) { rates }: Settings,
    @Inject(TurnedAway) private readonly turnedAway: TurnedAway,
  ) {
    for (const [name, rate] of Object.entries(rates) as [RouteClass, Rate | undefined][]) {
      if (rate === undefined) continue;
      const { count, seconds } = rate;
      const limiter = new RateLimiterMemory({ keyPrefix: '', points: count, duration: seconds });
      this.limits.set(name, { rate, limiter });
    }
  }

  /** Counts a request; rejects with `rate_limited` when it is one too many. */
  async take(name: RouteClass, subject: string, reply: FastifyReply): Promise<void> {
    const limit = this.limits.get(name);
    if (limit === undefined) return;
    const { rate, limiter } = limit;
    let left: RateLimiterRes;
    try {
      left = await limiter.consume(subject);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw this.turnedAway.refusal(name, rate, refused.msBeforeNext);
    }
    // Whoever is far from a limit need not hear of it, and pays nothing for the words.
    const { remainingPoints, msBeforeNext } = left;
    if (remainingPoints * 2 >= rate.count) return;
    const seconds = Math.ceil(msBeforeNext / 1_000);
    void reply.headers(rateHeaders(name, rate, remainingPoints, seconds));
  }
}
