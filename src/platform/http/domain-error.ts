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

/** What `work` gives; what it blames in a part of the request, it blames where that part stands. */
export function within<T>(pointer: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.faults.length === 0) throw error;
    const faults = error.faults.map((fault) => ({ ...fault, pointer: pointer + fault.pointer }));
    throw new DomainError(error.code, error.message, error.details, faults);
  }
}
