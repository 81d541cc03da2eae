import type { ErrorCode } from './error-codes.js';

export interface FieldFault {
  /** JSON pointer into the request body. */
  pointer: string;
  code: string;
  detail: string;
}

/**
 * A request that cannot be done, with a stable code. It knows no HTTP; the one table in
 * `error-codes.ts` gives each code its status.
 */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly faults: readonly FieldFault[] = [],
  ) {
    super(message);
    this.name = 'DomainError';
  }
}
