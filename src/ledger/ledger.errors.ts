import { DomainError } from '../platform/http/domain-error.js';

/** Law 5: a key stands for one request; another body under it is a mistake of the caller. */
export function keyReused(): DomainError {
  return new DomainError('idempotency_key_reused', 'The key was used with another body.');
}

/** Law 5: another request with this key is being answered; its outcome is not known yet. */
export function requestInFlight(): DomainError {
  return new DomainError(
    'request_in_flight',
    'A request with this key is being answered. Retry with the same key.',
  );
}

/** Law 5: a purchase reference is booked once for ever. */
export function duplicateReference(): DomainError {
  return new DomainError('duplicate_reference', 'This reference is already booked.');
}

export function unknownMember(): DomainError {
  return new DomainError('unknown_member', 'There is no such member.', {}, [
    { pointer: '/member', code: 'unknown_member', detail: 'No member is found by this.' },
  ]);
}

/** The outcome is not known here; the same key finds it out. */
export function unavailable(): DomainError {
  return new DomainError('unavailable', 'The ledger cannot be reached. Retry with the same key.');
}

/** What comes after a request in flight, for the same member, must not be done before it. */
export function heldUp(): DomainError {
  return new DomainError(
    'overloaded',
    'An earlier request for the member is being answered. Retry with the same key.',
  );
}

export function overloaded(): DomainError {
  return new DomainError('overloaded', 'Too many requests are waiting. Retry with the same key.');
}
