import type { DomainError, FieldFault } from './domain-error.js';
import { RateLimited } from '../throttle/rate-limited.js';
import { errorStatus } from './error-codes.js';

/** RFC 9457, plus what a caller's code needs: a stable `code` and the faults of single fields. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId: string;
  errors?: readonly FieldFault[];
}

export interface ProblemReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What passes by itself; the caller may come back after a second. */
const isPassing = ({ status, code }: Problem): boolean =>
  status === 503 || code === 'request_in_flight';

/** The problem document of a refused request. */
export function problemOf(error: DomainError, requestId: string): Problem {
  return {
    ...error.details,
    type: `/problems/${error.code}`,
    title: titleOf(error.code),
    status: errorStatus[error.code],
    code: error.code,
    detail: error.message,
    requestId,
    ...(error.faults.length > 0 && { errors: error.faults }),
  };
}

/** The whole answer to a refused request. */
export function problemReply(error: DomainError, requestId: string): ProblemReply {
  const problem = problemOf(error, requestId);
  const { status } = problem;
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(isPassing(problem) && { 'retry-after': '1' }),
      ...(error instanceof RateLimited && error.headers),
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    },
    body: JSON.stringify(problem),
  };
}

const titleOf = (code: string): string =>
  code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');
