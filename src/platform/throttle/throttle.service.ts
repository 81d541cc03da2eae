import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Rate, RouteClass } from '../config/rates.js';
import { Settings } from '../config/settings.js';
import { rateHeaders } from './rate-limited.js';
import { TurnedAway } from './turned-away.service.js';
import { Windows } from './windows.js';

interface Limit {
  rate: Rate;
  windows: Windows;
}

/**
 * What each caller may ask of this process in a window, so that none of them takes it all. It is
 * kept in memory for one window and shared with nobody: a fleet of n lets n times as much through.
 * Nothing is awaited, so that who is let through, the usual case, waits for no promise either.
 */
@Injectable()
export class Throttle {
  private readonly limits = new Map<RouteClass, Limit>();

  constructor(
    @Inject(Settings) { rates }: Settings,
    @Inject(TurnedAway) private readonly turnedAway: TurnedAway,
  ) {
    const clock = (): number => performance.now();
    for (const [name, rate] of Object.entries(rates) as [RouteClass, Rate | undefined][]) {
      if (rate === undefined) continue;
      this.limits.set(name, { rate, windows: new Windows(rate.seconds * 1_000, clock) });
    }
  }

  /** Counts a request; throws `rate_limited` when it is one too many. */
  take(name: RouteClass, subject: string, reply: FastifyReply): void {
    const limit = this.limits.get(name);
    if (limit === undefined) return;
    const { rate, windows } = limit;
    const { used, left } = windows.use(subject);
    // Whoever is far from a limit need not hear of it, and pays nothing for the words.
    if (used * 2 <= rate.count) return;
    if (used > rate.count) throw this.turnedAway.refusal(name, rate, left);
    void reply.headers(rateHeaders(name, rate, rate.count - used, Math.ceil(left / 1_000)));
  }
}
