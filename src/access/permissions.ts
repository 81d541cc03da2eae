/** What a route may ask for. The list is closed: a permission that is not here does not compile. */
export const permissions = [
  'members:enrol',
  'members:read',
  'purchases:write',
  'purchases:read',
  'returns:write',
  'redemptions:write',
  'vouchers:use',
  'rewards:read',
  'points:sell',
  'points:convert',
  'tokens:mint',
  'me:read',
  'me:redeem',
  'me:write',
  'me:transfer',
  'me:convert',
  'preferences:read',
  'notices:read',
  'notices:confirm',
  'segments:read',
  'lists:manage',
  'adjustments:read',
  'adjustments:write',
  'adjustments:approve',
  'tiers:review',
  'tiers:grant',
  'partners:read',
  'partners:fund',
  'programme:read',
  'programme:edit',
  'programme:publish',
  'findings:accept',
  'coupons:make',
  'keys:manage',
  'webhooks:manage',
  'monitors:read',
  'audit:read',
  'clock:move',
  'jobs:read',
  'jobs:run',
  'spending:unfreeze',
  'withheld:clear',
] as const;

export type Permission = (typeof permissions)[number];

/** What a retailer key may be given. */
export const retailerScopes = [
  'members:enrol',
  'members:read',
  'purchases:write',
  'purchases:read',
  'returns:write',
  'redemptions:write',
  'vouchers:use',
  'rewards:read',
  'partners:read',
  'points:sell',
  'points:convert',
  'tokens:mint',
  'notices:confirm',
] as const satisfies readonly Permission[];

/** What a key gets when nobody says otherwise: it can accrue, so a leak of it cannot spend. */
export const defaultScopes = [
  'purchases:write',
  'purchases:read',
  'returns:write',
] as const satisfies readonly Permission[];

/** What a member token may be given. */
export const memberScopes = [
  'me:read',
  'me:redeem',
  'me:write',
  'me:transfer',
  'me:convert',
] as const satisfies readonly Permission[];

/**
 * What a token gets when nobody says otherwise. Giving points away, or turning them into another
 * currency, must be asked for: a token that is stolen cannot empty the account.
 */
export const defaultMemberScopes = [
  'me:read',
  'me:redeem',
  'me:write',
] as const satisfies readonly MemberScope[];

export const roles = [
  'viewer',
  'agent',
  'marketer',
  'manager',
  'auditor',
  'admin',
  'owner',
] as const;

export type Role = (typeof roles)[number];

const viewing: readonly Permission[] = ['programme:read', 'rewards:read'];
const serving: readonly Permission[] = [
  ...viewing,
  'members:read',
  'preferences:read',
  'notices:read',
  'purchases:read',
];
/** Whoever may ask may also approve: it takes two of them, and never the one who asked. */
const adjusting: readonly Permission[] = [
  'adjustments:read',
  'adjustments:write',
  'adjustments:approve',
];

const tiering: readonly Permission[] = ['tiers:review', 'tiers:grant'];
/** Whoever records what a partner has paid for. */
const settling: readonly Permission[] = ['partners:read', 'partners:fund'];

/** Whoever looks after what runs by itself. */
const operating: readonly Permission[] = ['jobs:read', 'jobs:run'];

/** Role by permission. Nobody on the staff acts as a till, a retailer or a member. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: viewing,
  agent: [...serving, ...adjusting, 'members:enrol', 'tiers:review'],
  marketer: [
    ...viewing,
    'partners:read',
    'programme:edit',
    'coupons:make',
    'segments:read',
    'lists:manage',
    'monitors:read',
  ],
  manager: [
    ...serving,
    ...adjusting,
    ...settling,
    ...tiering,
    'members:enrol',
    'programme:edit',
    'programme:publish',
    'findings:accept',
    'coupons:make',
    'segments:read',
    'lists:manage',
    'monitors:read',
    'jobs:read',
    'spending:unfreeze',
    'withheld:clear',
  ],
  auditor: [
    ...serving,
    'adjustments:read',
    'partners:read',
    'audit:read',
    'monitors:read',
    'jobs:read',
  ],
  admin: [...viewing, ...operating, 'keys:manage', 'webhooks:manage', 'audit:read', 'clock:move'],
  owner: [
    ...serving,
    ...adjusting,
    ...tiering,
    ...settling,
    ...operating,
    'members:enrol',
    'programme:edit',
    'programme:publish',
    'findings:accept',
    'coupons:make',
    'segments:read',
    'lists:manage',
    'monitors:read',
    'keys:manage',
    'webhooks:manage',
    'audit:read',
    'clock:move',
    'spending:unfreeze',
    'withheld:clear',
  ],
};

const isOf =
  <T extends string>(values: readonly T[]) =>
  (text: string): text is T =>
    (values as readonly string[]).includes(text);

export const isRole = isOf(roles);
export const isRetailerScope = isOf<(typeof retailerScopes)[number]>(retailerScopes);
export const isMemberScope = isOf<(typeof memberScopes)[number]>(memberScopes);

export type RetailerScope = (typeof retailerScopes)[number];
export type MemberScope = (typeof memberScopes)[number];

export const retailerKinds = ['own', 'franchise', 'partner', 'agent'] as const;
export type RetailerKind = (typeof retailerKinds)[number];
