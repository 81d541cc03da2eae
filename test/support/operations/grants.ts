import { nobody, wrong, type Doing, type Moving } from './operation.js';
import type { Staff } from '../staff.js';

const grantOf = (caller: Staff, member: string, until: string): Moving => ({
  caller,
  path: `/v1/members/${member}/grants`,
  body: { tier: 'silver', until, reason: 'goodwill' },
});

const year = String(new Date().getUTCFullYear() + 1);

/** A tier given by hand until a day of next year. */
export const granting: Doing = {
  async prepare({ office, shop }) {
    const [ada, ben] = [await office.hire('manager'), await office.hire('owner')];
    const member = await shop.enrol();
    return {
      member,
      request: grantOf(ada, member, `${year}-06-30`),
      other: grantOf(ada, member, `${year}-07-31`),
      foreign: grantOf(ben, member, `${year}-06-30`),
    };
  },
  async faults({ request }, { office, shop }) {
    const own = await shop.enrol();
    if (!('id' in request.caller)) throw new Error('Staff give tiers.');
    await office.users.link(String(request.caller.id), own, 'test');
    const path = (member: string): string => `/v1/members/${member}/grants`;
    return [
      [wrong(request, { extra: 1 }), 400, 'invalid_request'],
      [wrong(request, { until: 'soon' }), 400, 'invalid_request'],
      [wrong(request, { until: `${year}-02-30` }), 422, 'grant_end_not_possible'],
      [wrong(request, { until: '2025-01-01' }), 422, 'grant_end_not_possible'],
      [wrong(request, { tier: 'platinum' }), 422, 'unknown_tier'],
      [wrong(request, { reason: 'whim' }), 422, 'unknown_reason'],
      [{ ...request, path: path(nobody) }, 404, 'unknown_member'],
      [{ ...request, path: path(own) }, 403, 'own_account'],
    ];
  },
};
