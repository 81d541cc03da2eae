/** The operator at the command line, acting for a retailer. */
import type { Caller } from '../../access/caller.js';

export function tillOf(retailer: string, actor: string): Caller {
  return {
    kind: 'retailer',
    id: `r/${retailer}`,
    retailer,
    memberId: undefined,
    actor,
    permissions: new Set(['purchases:write']),
  };
}
