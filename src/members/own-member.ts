/** The member a token belongs to; a route for members is never reached by anybody else. */
import type { Caller } from '../access/caller.js';
import { DomainError } from '../platform/http/domain-error.js';

export function memberOf(caller: Caller): string {
  if (caller.memberId === undefined) throw new DomainError('forbidden', 'Members only.');
  return caller.memberId;
}
