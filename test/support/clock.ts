import { expected, type Answer, type Api } from './api.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export interface Reading {
  now: string;
  aheadMs: number;
}

/** The programme's clock of a deployment with `TEST_CLOCK`, as somebody who may move it. */
export class TestClock {
  constructor(private readonly staff: Api) {}

  /** Milliseconds since 1970 UTC. */
  async now(): Promise<number> {
    return Date.parse(expected(await this.staff.get<Reading>('/v1/test-clock'), 200).now);
  }

  async put(now: string): Promise<Answer<Reading>> {
    return this.staff.send<Reading>('PUT', '/v1/test-clock', JSON.stringify({ now }));
  }

  /** Moves it to an instant in milliseconds; what it shows then is that or a moment later. */
  async to(instant: number): Promise<number> {
    const { now } = expected(await this.put(new Date(instant).toISOString()), 200);
    return Date.parse(now);
  }

  async forward(byMs: number): Promise<number> {
    return this.to((await this.now()) + byMs);
  }
}
