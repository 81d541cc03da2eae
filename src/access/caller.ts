import { retailerScopes, type Permission, type RetailerKind } from './permissions.js';

/** Who makes a request, once its credential has been checked. */
export interface Caller {
  kind: 'retailer' | 'member' | 'user';
  /** `r/<retailer code>`, `m/<member id>` or `u/<user id>`: the scope of idempotency keys. */
  id: string;
  /** The retailer of a key, or the one that minted a member token; undefined for users. */
  retailer: string | undefined;
  /** Kind of the retailer of a key; undefined where it is not looked at. */
  retailerKind?: RetailerKind | undefined;
  memberId: string | undefined;
  /** The credential itself: `key/<key id>`, `member/<token id>` or `user/<user id>`. */
  actor: string;
  permissions: ReadonlySet<Permission>;
  /** The client address of the request; undefined on the command line. */
  from?: string | undefined;
}

/** The command line, acting for a retailer with whoever may run it as its authority. */
export function systemCaller(retailer: string, actor: string): Caller {
  return {
    kind: 'retailer',
    id: `r/${retailer}`,
    retailer,
    memberId: undefined,
    actor,
    permissions: new Set(retailerScopes),
  };
}
