import { remoteToken } from '../../platform/config/environment.js';
import { DomainError, type FieldFault } from '../../platform/http/domain-error.js';
import { isErrorCode } from '../../platform/http/error-codes.js';
import type { PlanView } from '../../programmes/plan/plan.views.js';
import type { PilotView } from '../../programmes/pilots/pilots.views.js';
import type { PublishedView } from '../../programmes/views/programmes.views.js';
import { UsageError } from '../output.js';
import type { Environment } from './environment.js';

/** Milliseconds for an answer; counting members may take a few seconds. */
const PATIENCE_MS = 60_000;

/** Another server, which a staff token opens. Throws when URL or token are not usable. */
export function remoteEnvironment(url: string): Environment {
  const base = baseOf(url);
  const token = remoteToken();
  if (token === undefined) throw new UsageError('FEALTY_TOKEN is missing: a staff token.');
  const call = <Body>(method: string, path: string, body?: object): Promise<Body> =>
    answerOf(base, token, { method, path, body });
  return {
    name: base,
    pull: async (which) => {
      const paths = { live: '', draft: '/draft' };
      const path = typeof which === 'number' ? `/versions/${String(which)}` : paths[which];
      return (await call<{ document: object }>('GET', path)).document;
    },
    plan: (document) => call<PlanView>('POST', '/plan', { document }),
    push: (document, options) => call<PublishedView>('POST', '/versions', { document, ...options }),
    end: (no, how, effectiveAt) =>
      call<PilotView>('POST', `/pilots/${String(no)}/${how}`, {
        ...(effectiveAt !== undefined && { effectiveAt }),
      }),
  };
}

/** The token goes nowhere in the clear, but to this very machine. */
function baseOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOwn =
    url !== undefined && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isOwn)) {
    if (url.username === '' && url.search === '' && url.hash === '') {
      return url.href.replace(/\/+$/, '');
    }
  }
  throw new UsageError(`${text} must be https://host, or http:// of this machine.`);
}

async function answerOf<Body>(
  base: string,
  token: string,
  { method, path, body }: { method: string; path: string; body: object | undefined },
): Promise<Body> {
  const response = await fetch(`${base}/v1/programme${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    // A redirect would take the token elsewhere.
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new DomainError('unavailable', `${base} cannot be reached: ${String(why)}`);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && typeof answer === 'object') return answer as Body;
  throw problemOf(base, response.status, answer);
}

/** What another server refused with, as if it had been refused here. */
function problemOf(base: string, status: number, answer: unknown): DomainError {
  const { code, detail, errors } = (answer ?? {}) as {
    code?: string;
    detail?: string;
    errors?: FieldFault[];
  };
  const words = `${detail ?? `Status ${String(status)}.`} (${base})`;
  const known = code !== undefined && isErrorCode(code) ? code : 'internal_error';
  return new DomainError(known, words, {}, errors ?? []);
}
