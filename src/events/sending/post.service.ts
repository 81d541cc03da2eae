import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { LookupFunction } from 'node:net';
import { Settings } from '../../platform/config/settings.js';
import { isLoopbackAddress, isPublicAddress, literalOf } from './address.js';

/** Milliseconds and bytes that a receiver has. */
const WITHIN_MS = 15_000;
const ANSWER_BYTES_MAX = 65_536;
const SOCKETS_PER_HOST = 32;

export interface Message {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What became of a message: what the receiver answered, or what went wrong. */
export interface Reply {
  status: number | undefined;
  /** A code that says why it failed; undefined when the receiver took it. */
  problem: string | undefined;
  /** Milliseconds that the receiver wishes to be left alone. */
  retryAfter: number | undefined;
}

class Forbidden extends Error {}
class Cut extends Error {}

/** Asks for the addresses of a name as `dns.lookup` does with `all`. */
export type Resolver = (
  host: string,
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

const systemResolver: Resolver = (host, done) => {
  systemLookup(host, { all: true }, done);
};

/**
 * Posts to strangers. An address is looked at when the connection is made and not before, so that a
 * name cannot lead elsewhere in between; redirects are not followed, nothing is decompressed, and
 * what the receiver says beyond its status is read to its end and forgotten.
 */
@Injectable()
export class Post implements OnApplicationShutdown {
  private readonly agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: SOCKETS_PER_HOST }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: SOCKETS_PER_HOST }),
  };
  /** Replaced where a test answers for the names. */
  resolver: Resolver = systemResolver;

  constructor(@Inject(Settings) private readonly settings: Settings) {}

  /** Never rejects. */
  async send(message: Message, signal?: AbortSignal): Promise<Reply> {
    const within = AbortSignal.timeout(WITHIN_MS);
    const signals = signal === undefined ? [within] : [within, signal];
    try {
      return await this.attempt(message, AbortSignal.any(signals), true);
    } catch (error) {
      const problem = within.aborted ? 'timeout' : problemOf(error);
      return { status: undefined, problem, retryAfter: undefined };
    }
  }

  onApplicationShutdown(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  private async attempt(message: Message, signal: AbortSignal, isFirst: boolean): Promise<Reply> {
    const url = new URL(message.url);
    const isPlain = url.protocol === 'http:';
    if (!isPlain && url.protocol !== 'https:') throw new Forbidden('no protocol for events');
    const literal = literalOf(url);
    if (literal !== undefined && !this.mayReach(literal, isPlain)) throw new Forbidden(literal);
    return new Promise((resolve, reject) => {
      const { request } = isPlain ? http : https;
      const agent = this.agents[isPlain ? 'http:' : 'https:'];
      const lookup = this.lookupFor(isPlain);
      const { headers } = message;
      const sent = request(url, { method: 'POST', headers, agent, lookup, signal }, (answer) => {
        take(answer).then(resolve, reject);
      });
      sent.once('error', (error: NodeJS.ErrnoException) => {
        // The receiver had closed a connection that waited for its next message: not its fault.
        const isStale = isFirst && sent.reusedSocket && error.code === 'ECONNRESET';
        if (isStale) this.attempt(message, signal, false).then(resolve, reject);
        else reject(error);
      });
      sent.end(message.body);
    });
  }

  private lookupFor(isPlain: boolean): LookupFunction {
    return (host, options, done) => {
      this.resolver(host, (error, addresses) => {
        if (error !== null) {
          done(error, '', 0);
          return;
        }
        const allowed = addresses.filter(({ address }) => this.mayReach(address, isPlain));
        const [first] = allowed;
        if (first === undefined) done(new Forbidden(host), '', 0);
        else if (options.all === true) done(null, allowed);
        else done(null, first.address, first.family);
      });
    };
  }

  /** Plain HTTP never leaves the machine, and only where a setting allows it. */
  private mayReach(address: string, isPlain: boolean): boolean {
    if (this.settings.webhooksToLoopback && isLoopbackAddress(address)) return true;
    return !isPlain && isPublicAddress(address);
  }
}

/** The status counts once the answer has come to its end; one that cannot be read counts at once. */
async function take(answer: IncomingMessage): Promise<Reply> {
  const { statusCode: status = 0, headers } = answer;
  const reply = {
    status,
    problem: status >= 200 && status < 300 ? undefined : `status_${String(status)}`,
    retryAfter: secondsOf(headers['retry-after']),
  };
  const encoding = headers['content-encoding'] ?? 'identity';
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const enough = (): void => {
      resolve(reply);
      answer.destroy();
    };
    if (encoding.toLowerCase() !== 'identity') {
      enough();
      return;
    }
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) enough();
    });
    answer.once('end', () => {
      resolve(reply);
    });
    const cut = (): void => {
      if (!answer.complete) reject(new Cut('the answer was cut'));
    };
    answer.once('error', cut);
    answer.once('close', cut);
  });
}

function secondsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}

/** Codes of Node's errors name no address; their messages do. */
function problemOf(error: unknown): string {
  if (error instanceof Forbidden) return 'address_not_allowed';
  if (error instanceof Cut) return 'answer_cut';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ABORT_ERR') return 'stopped';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'connection_cut';
  if (/^E[A-Z_]+$/.test(code)) return code.toLowerCase();
  if (/^(?:CERT_|ERR_TLS|DEPTH_ZERO|UNABLE_TO|SELF_SIGNED)/.test(code)) return 'certificate';
  return /^HPE_/.test(code) ? 'no_http' : 'failed';
}
