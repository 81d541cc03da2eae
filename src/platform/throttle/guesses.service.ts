import { createHmac, hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { clientOf } from '../config/client-address.js';
import type { GuessKind, Rate } from '../config/rates.js';
import { Secrets } from '../config/secrets.js';
import { Settings } from '../config/settings.js';
import { Log } from '../logging/log.service.js';
import { Bars } from './bars.js';
import { Gate } from './gate.js';
import { TurnedAway } from './turned-away.service.js';

/** Who guesses: a caller that is known, at a client address. */
export interface Guesser {
  kind: 'retailer' | 'member' | 'user';
  id: string;
  actor: string;
  /** Undefined for the command line, which may guess as it likes. */
  from?: string | undefined;
}

/** What a caller can guess at, with the limit for members and staff. */
const guessable = { lookups: 'lookupsByPeople', vouchers: 'vouchersByPeople' } as const;

export type Guessable = keyof typeof guessable;

interface Limit {
  rate: Rate;
  limiter: RateLimiterPostgres;
}

/**
 * How often something may be guessed wrongly. Only wrong guesses are counted, in a table that all
 * replicas share, so that right ones cost nothing; whoever has used theirs up is turned away unheard
 * until the window is over. Every count is of one caller or credential at one client address:
 * whoever fails elsewhere takes nothing from it.
 */
@Injectable()
export class Guesses {
  private readonly limits = new Map<GuessKind, Limit>();
  private readonly bars = new Bars(() => performance.now());
  private readonly gate = new Gate();
  private readonly key: Uint8Array;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    @Inject(Settings) { guesses }: Settings,
    @Inject(Secrets) secrets: Secrets,
    @Inject(Log) log: Log,
    @Inject(TurnedAway) private readonly turnedAway: TurnedAway,
  ) {
    // Client addresses are personal, so the table gets their HMACs under a key of this purpose.
    this.key = new Uint8Array(hkdfSync('sha256', secrets.token, '', 'fealty guesses 1', 32));
    for (const [kind, rate] of Object.entries(guesses) as [GuessKind, Rate | undefined][]) {
      if (rate === undefined) continue;
      const limiter = sharedLimiter(dataSource, kind, rate, new Insurance(kind, rate, log));
      this.limits.set(kind, { rate, limiter });
    }
  }

  /** Whether nobody is turned away, which spares the usual request any question. */
  get isQuiet(): boolean {
    return this.bars.isEmpty;
  }

  /** Throws `rate_limited` while guesses of the subject are used up, as far as this process knows. */
  check(kind: GuessKind, subject: string): void {
    const limit = this.limits.get(kind);
    if (limit === undefined || this.isQuiet) return;
    const left = this.bars.left(`${kind} ${subject}`);
    if (left > 0) throw this.turnedAway.refusal(kind, limit.rate, left);
  }

  /** Counts a wrong guess; rejects with `rate_limited` when it was one too many. */
  async count(kind: GuessKind, subject: string): Promise<void> {
    const limit = this.limits.get(kind);
    if (limit === undefined) return;
    this.check(kind, subject);
    const { rate, limiter } = limit;
    const { consumedPoints, msBeforeNext } = await consumed(limiter, this.hidden(subject));
    if (consumedPoints >= rate.count) this.bars.add(`${kind} ${subject}`, msBeforeNext);
    if (consumedPoints > rate.count) throw this.turnedAway.refusal(kind, rate, msBeforeNext);
  }

  /**
   * One guess of a caller, counted when it fails with an error that says it was wrong. No more than
   * the limit are under way at once, or any number could be heard before the first is counted.
   */
  async attempt<Answer>(
    what: Guessable,
    { kind, id, actor, from }: Guesser,
    isWrong: (error: unknown) => boolean,
    guess: () => Promise<Answer>,
  ): Promise<Answer> {
    const isRetailer = kind === 'retailer';
    const limit = isRetailer ? what : guessable[what];
    const count = this.limits.get(limit)?.rate.count;
    if (from === undefined || count === undefined) return guess();
    const subject = `${isRetailer ? actor : id} ${clientOf(from)}`;
    return this.gate.pass(`${limit} ${subject}`, count, async () => {
      this.check(limit, subject);
      try {
        return await guess();
      } catch (error) {
        if (isWrong(error)) await this.count(limit, subject);
        throw error;
      }
    });
  }

  private hidden(subject: string): string {
    return createHmac('sha256', this.key).update(subject).digest('base64url');
  }
}

/** Counts on where the database does not answer: each process for itself, and it says so. */
class Insurance extends RateLimiterMemory {
  private toldAt = -Infinity;

  constructor(
    private readonly kind: GuessKind,
    { count, seconds }: Rate,
    private readonly log: Log,
  ) {
    super({ keyPrefix: kind, points: count, duration: seconds });
  }

  override async consume(key: string | number, points?: number): Promise<RateLimiterRes> {
    const now = performance.now();
    if (now - this.toldAt >= TELL_EVERY) {
      this.toldAt = now;
      this.log.event('warn', 'Wrong guesses are counted by this process alone', {
        limit: this.kind,
      });
    }
    return super.consume(key, points);
  }
}

/** Milliseconds. */
const TELL_EVERY = 10_000;

function sharedLimiter(
  dataSource: DataSource,
  kind: GuessKind,
  { count, seconds }: Rate,
  insuranceLimiter: Insurance,
): RateLimiterPostgres {
  return new RateLimiterPostgres({
    storeClient: dataSource,
    storeType: 'typeorm',
    tableName: 'wrong_guesses',
    tableCreated: true,
    keyPrefix: kind,
    points: count,
    duration: seconds,
    insuranceLimiter,
    // One sweeps for all: what ran out an hour ago, every five minutes.
    clearExpiredByTimeout: kind === 'address',
  });
}

/** The library rejects with the figures of a guess too many. */
async function consumed(limiter: RateLimiterPostgres, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return refused;
    throw refused;
  }
}
