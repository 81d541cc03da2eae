import { parseTrusted } from './client-address.js';
import {
  guessRates,
  parseRate,
  routeRates,
  settingName,
  type GuessKind,
  type Rate,
  type Rates,
  type RouteClass,
} from './rates.js';
import { parseMailServer, type MailServer } from './mail-server.js';
import { productionFaults } from './production.js';
import { parseSigningKey } from './signing-key.js';

/**
 * Settings of the process, parsed from the environment once. Every fault is reported together, and
 * a production start without real secrets and two database roles is refused.
 */
export class Settings {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Undefined = an embedded PostgreSQL below `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly databaseOwnerUrl: string | undefined;
  readonly dataDir: string;
  readonly migrateOnStart: boolean;
  /** Key of the HMACs under which card numbers, e-mails and references are looked up. */
  readonly handleSecret: string | undefined;
  /** Key that signs member tokens. */
  readonly tokenSecret: string | undefined;
  /** Ed25519 key that signs daily heads: base64 of PKCS #8 in DER. */
  readonly headsKey: string | undefined;
  /** Where daily heads are written as files; undefined = they stay in the database. */
  readonly headsDir: string | undefined;
  readonly logLevel: string;
  /** Connections of the ordinary pool; each lane holds one more. */
  readonly poolMax: number;
  readonly lanes: number;
  readonly batchMax: number;
  readonly queueMax: number;
  readonly docs: boolean;
  readonly jobs: boolean;
  /** Whether events may be sent to this machine, over plain HTTP too; never in production. */
  readonly webhooksToLoopback: boolean;
  /** Undefined = no notice goes by e-mail. */
  readonly mail: MailServer | undefined;
  /** Whether the programme's time may be moved ahead over HTTP; never in production. */
  readonly testClock: boolean;
  /** Whether what can be gamed is refused when it is published; always in production. */
  readonly audit: boolean;
  /** Proxies whose word about a client's address is taken; none = the connection's address counts. */
  readonly trustProxy: readonly string[];
  /** What one caller may ask of this process; undefined = as much as they like. */
  readonly rates: Rates<RouteClass>;
  /** What may be guessed wrongly of all processes; undefined = as often as they like. */
  readonly guesses: Rates<GuessKind>;

  constructor(values: Settings) {
    Object.assign(this, values);
    Object.freeze(this);
  }
}

export class SettingsError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The settings are not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'];
const SECRET_BYTES_MIN = 32;
/** A process remembers callers for one window, so this bounds its memory. */
const ROUTE_SECONDS_MAX = 60;
const GUESS_SECONDS_MAX = 86_400;
/** Values that documents and templates show; nobody may run with them. */
const samples = /^(secret|change-?me|password|example|sample|test|default|your-|xxx|0+$|1234)/i;

/** Throws a `SettingsError` that names every fault. */
export function parseSettings(environment: Environment): Settings {
  const reader = new Reader(environment);
  const production =
    reader.choice('NODE_ENV', ['development', 'test', 'production'], 'development') ===
    'production';
  const settings = new Settings({
    production,
    host: reader.text('HOST') ?? '127.0.0.1',
    port: reader.integer('PORT', 3000, 0, 65_535),
    databaseUrl: reader.postgresUrl('DATABASE_URL'),
    databaseOwnerUrl: reader.postgresUrl('DATABASE_OWNER_URL'),
    dataDir: reader.text('DATA_DIR') ?? '.data',
    migrateOnStart: reader.flag('MIGRATE_ON_START', true),
    handleSecret: reader.secret('HANDLE_SECRET', production),
    tokenSecret: reader.secret('TOKEN_SECRET', production),
    headsKey: reader.signingKey('HEADS_KEY', production),
    headsDir: reader.text('HEADS_DIR'),
    logLevel: reader.choice('LOG_LEVEL', logLevels, 'info'),
    poolMax: reader.integer('DATABASE_POOL', 10, 2, 200),
    lanes: reader.integer('LEDGER_LANES', 2, 1, 64),
    batchMax: reader.integer('LEDGER_BATCH_MAX', 256, 1, 5_000),
    queueMax: reader.integer('LEDGER_QUEUE_MAX', 20_000, 1, 1_000_000),
    docs: reader.flag('DOCS', true),
    jobs: reader.flag('JOBS', true),
    webhooksToLoopback: reader.flag('WEBHOOKS_TO_LOOPBACK', false),
    mail: reader.mailServer(),
    testClock: reader.flag('TEST_CLOCK', false),
    audit: reader.flag('AUDIT', true),
    trustProxy: reader.addresses('TRUST_PROXY'),
    rates: reader.rates('RATE', routeRates, ROUTE_SECONDS_MAX),
    guesses: reader.rates('GUESSES', guessRates, GUESS_SECONDS_MAX),
  });
  reader.require(production, settings);
  if (reader.faults.length > 0) throw new SettingsError(reader.faults);
  return settings;
}

class Reader {
  readonly faults: string[] = [];

  constructor(private readonly environment: Environment) {}

  text(name: string): string | undefined {
    const value = this.environment[name]?.trim();
    return value === undefined || value === '' ? undefined : value;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    this.faults.push(`${name} must be a whole number from ${String(min)} to ${String(max)}.`);
    return fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    const text = this.text(name);
    if (text === undefined) return fallback;
    if (['true', 'on', '1', 'yes'].includes(text)) return true;
    if (['false', 'off', '0', 'no'].includes(text)) return false;
    this.faults.push(`${name} must be on or off.`);
    return fallback;
  }

  choice(name: string, allowed: readonly string[], fallback: string): string {
    const text = this.text(name);
    if (text === undefined) return fallback;
    if (allowed.includes(text)) return text;
    this.faults.push(`${name} must be one of ${allowed.join(', ')}.`);
    return fallback;
  }

  mailServer(): MailServer | undefined {
    const read = parseMailServer(this.text('SMTP_URL'), this.text('MAIL_FROM'));
    if (typeof read !== 'string') return read;
    this.faults.push(read);
    return undefined;
  }

  /** Comma-separated addresses and networks. */
  addresses(name: string): string[] {
    const trusted = parseTrusted(this.text(name) ?? '');
    if (trusted !== undefined) return trusted;
    this.faults.push(`${name} must list addresses and networks such as 10.0.0.0/8, or loopback.`);
    return [];
  }

  rates<Name extends string>(
    prefix: string,
    defaults: Readonly<Record<Name, string>>,
    secondsMax: number,
  ): Rates<Name> {
    const read = (name: string, fallback: string): Rate | undefined => {
      const text = this.text(name) ?? fallback;
      const rate = parseRate(text, secondsMax);
      if (rate === undefined && text !== 'off') {
        this.faults.push(`${name} must be off, or like ${fallback}: how many in how many seconds.`);
      }
      return rate;
    };
    const named = Object.entries<string>(defaults);
    const rates = named.map(([name, fallback]) => [
      name,
      read(settingName(prefix, name), fallback),
    ]);
    return Object.fromEntries(rates) as Rates<Name>;
  }

  postgresUrl(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (URL.canParse(text)) {
      const url = new URL(text);
      const known = ['postgres:', 'postgresql:'].includes(url.protocol);
      if (known && url.username !== '' && url.pathname.length > 1) return text;
    }
    this.faults.push(`${name} must look like postgres://user:password@host:5432/database.`);
    return undefined;
  }

  secret(name: string, production: boolean): string | undefined {
    const text = this.text(name);
    if (text === undefined) {
      if (production) this.faults.push(`${name} is missing.`);
      return undefined;
    }
    if (Buffer.byteLength(text) < SECRET_BYTES_MIN) {
      this.faults.push(`${name} is shorter than ${String(SECRET_BYTES_MIN)} bytes.`);
    } else if (samples.test(text) || new Set(text).size < 8) {
      this.faults.push(`${name} is a sample value; make one with: openssl rand -base64 48`);
    }
    return text;
  }

  signingKey(name: string, production: boolean): string | undefined {
    const text = this.text(name);
    if (text === undefined) {
      if (production) this.faults.push(`${name} is missing.`);
    } else if (parseSigningKey(text) === undefined) {
      this.faults.push(
        `${name} is no Ed25519 key; make one with: openssl genpkey -algorithm ed25519 -outform DER | base64 -w 0`,
      );
    }
    return text;
  }

  /** Faults that only show when several settings are seen together. */
  require(production: boolean, settings: Settings): void {
    const { databaseUrl, databaseOwnerUrl, handleSecret, tokenSecret } = settings;
    if (handleSecret !== undefined && handleSecret === tokenSecret) {
      this.faults.push('HANDLE_SECRET and TOKEN_SECRET are the same.');
    }
    if (databaseOwnerUrl !== undefined && databaseUrl === undefined) {
      this.faults.push('DATABASE_OWNER_URL is set, but DATABASE_URL is not.');
    }
    if (!production) return;
    this.faults.push(...productionFaults(settings, this.text('DATABASE_URL')));
  }
}
