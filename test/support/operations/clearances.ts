import type { AccrualView } from '../../../src/accrual/accrual.views.js';
import { aPurchase, daysAgo, expected, type Api } from '../api.js';
import type { Staff } from '../staff.js';
import { MOST_A_DAY, wrong, type Callers, type Doing, type Moving } from './operation.js';

const clearanceOf = (caller: Staff, posting: string): Moving => ({
  caller,
  path: `/v1/postings/${posting}/clearance`,
  body: { reason: 'They bought a kitchen.' },
});

const bought = async (shop: Api, member: string, points: number): Promise<AccrualView> => {
  const body = aPurchase(member, { at: daysAgo(0), amount: points * 100 });
  return expected(await shop.purchase(body), 201);
};

/** A purchase of more than a member may earn in a day. */
async function withheld({ shop }: Callers, member: string): Promise<string> {
  return String((await bought(shop, member, MOST_A_DAY + 1)).posting);
}

/** What a guard withholds is let go by one of the staff, once. */
export const clearing: Doing = {
  async prepare(callers) {
    const { office, shop } = callers;
    const [ada, ben] = [await office.hire('manager'), await office.hire('owner')];
    const member = await shop.enrol();
    const [first, second] = [await withheld(callers, member), await withheld(callers, member)];
    return {
      member,
      request: clearanceOf(ada, first),
      other: clearanceOf(ada, second),
      foreign: clearanceOf(ben, second),
    };
  },
  async refused(callers) {
    const { office, shop } = callers;
    const ada = await office.hire('manager');
    const member = await shop.enrol();
    const usual = await bought(shop, member, 10);
    return {
      request: clearanceOf(ada, String(usual.posting)),
      code: 'nothing_withheld',
      allow: async () => clearanceOf(ada, await withheld(callers, member)),
    };
  },
  async faults({ request }, callers) {
    const { office, shop } = callers;
    const own = await shop.enrol();
    if (!('id' in request.caller)) throw new Error('Staff clear points.');
    await office.users.link(String(request.caller.id), own, 'test');
    const path = (posting: string): string => `/v1/postings/${posting}/clearance`;
    return [
      [wrong(request, { extra: 1 }), 400, 'invalid_request'],
      [wrong(request, { reason: '' }), 400, 'invalid_request'],
      [{ ...request, path: path('pst_none') }, 404, 'not_found'],
      [{ ...request, path: path(await withheld(callers, own)) }, 403, 'own_account'],
    ];
  },
};
