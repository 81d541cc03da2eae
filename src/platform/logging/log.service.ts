import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Settings } from '../config/settings.js';
import { describeError, scrub } from './scrub.js';

/** Nest tells every route and module it loads; operators did not ask. */
const chatty = new Set(['RoutesResolver', 'RouterExplorer', 'InstanceLoader', 'NestFactory']);

const secretFields = [
  'authorization',
  'key',
  'secret',
  'token',
  'email',
  'phone',
  'idempotencyKey',
];

/**
 * The log of the process: one JSON object a line. Whatever looks like a credential or an e-mail is
 * masked, and of an error only its kind, words and stack are kept, never its parameters.
 */
export class Log implements LoggerService {
  private readonly pino: Logger;

  constructor(settings: Pick<Settings, 'logLevel'>, stream?: DestinationStream) {
    const options = {
      level: settings.logLevel,
      base: { service: 'fealty' },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[hidden]',
      },
    };
    this.pino = stream === undefined ? pino(options) : pino(options, stream);
  }

  isDebugging(): boolean {
    return this.pino.isLevelEnabled('debug');
  }

  /** One thing that happened, with its facts as fields. */
  event(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: object = {}): void {
    this.pino[level](fields, scrub(message));
  }

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    this.write(context !== undefined && chatty.has(context) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Takes Nest's `(message, stack, context)` and pino's `(fields, message)`. */
  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    rest: readonly unknown[],
  ): void {
    const [second] = rest;
    if (isFields(message) && typeof second === 'string') {
      this.pino[level](message, scrub(second));
      return;
    }
    const err = [message, ...rest].find((part) => part instanceof Error);
    const stack = rest.find((part) => typeof part === 'string' && part.includes('\n    at '));
    const fields = {
      context: contextOf(rest),
      ...(err !== undefined && { err }),
      ...(err === undefined && typeof stack === 'string' && { stack: scrub(stack) }),
    };
    this.pino[level](fields, scrub(wordsOf(message)));
  }
}

/** Nest passes the name of what is speaking last. */
function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' && !last.includes('\n') ? last : undefined;
}

function wordsOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Error) return message.message;
  return JSON.stringify(message);
}

const isFields = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Error);
