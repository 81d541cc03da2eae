import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings, SettingsError } from '../platform/config/settings.js';
import { DomainError } from '../platform/http/domain-error.js';
import { ClockQueries, type ClockReading } from './clock.queries.js';

/** Fifty years of 365.25 days, in milliseconds. */
const AHEAD_MAX_MS = 50 * 365.25 * 86_400_000;

/** The test clock; in production it only makes sure that nobody ever used it. */
@Injectable()
export class ClockService implements OnModuleInit {
  constructor(
    @Inject(ClockQueries) private readonly clock: ClockQueries,
    @Inject(Settings) private readonly settings: Settings,
  ) {}

  /** Law N3: points made in a future that was only tried out are not a production's points. */
  async onModuleInit(): Promise<void> {
    if (!this.settings.production) return;
    const { aheadMs } = await this.clock.read();
    if (aheadMs === 0) return;
    throw new SettingsError([
      `DATABASE_URL is a database whose clock was moved ${String(aheadMs)} ms ahead for tests.`,
    ]);
  }

  async read(): Promise<ClockReading> {
    return this.clock.read();
  }

  /** Law N2: forward only, within fifty years; `by` is who moves it. */
  async moveTo(now: number, by: string): Promise<ClockReading> {
    const { now: before, aheadMs } = await this.clock.read();
    if (now < before) throw refused('clock_goes_back', 'The clock only goes forward.', before);
    const latest = before - aheadMs + AHEAD_MAX_MS;
    if (now > latest) {
      throw refused('clock_too_far', 'The clock goes at most 50 years ahead.', latest);
    }
    await this.clock.move(now, by);
    return this.clock.read();
  }
}

function refused(
  code: 'clock_goes_back' | 'clock_too_far',
  message: string,
  limit: number,
): DomainError {
  return new DomainError(code, message, {}, [
    { pointer: '/now', code, detail: `The limit is ${new Date(limit).toISOString()}.` },
  ]);
}
