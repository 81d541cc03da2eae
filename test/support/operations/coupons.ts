import { expected, type Api } from '../api.js';
import { wrong, type Callers, type Doing, type Moving } from './operation.js';

/** Coupons redeemed by a retailer for a member, or by members themselves. */
export const couponing = (isOwn: boolean): Doing => ({
  async prepare(callers) {
    const { shop, corner } = callers;
    const [first = '', second = '', third = ''] = await made(callers, 3);
    const [member, stranger] = [await shop.enrol(), await shop.enrol()];
    return {
      member,
      request: await redeeming(shop, isOwn, member, first),
      other: await redeeming(shop, isOwn, member, second),
      foreign: isOwn
        ? await redeeming(shop, isOwn, stranger, third)
        : await redeeming(corner, isOwn, member, third),
    };
  },
  async refused(callers) {
    const { shop } = callers;
    const [first = '', second = ''] = await made(callers, 2);
    const member = await shop.enrol();
    const used = await redeeming(shop, isOwn, await shop.enrol(), first);
    expected(await used.caller.post(used.path, used.body), 201);
    return {
      request: await redeeming(shop, isOwn, member, first),
      code: 'coupon_already_used',
      allow: () => redeeming(shop, isOwn, member, second),
    };
  },
  faults({ request }) {
    return [
      [wrong(request, { code: '00000-00000-00000-00000' }), 404, 'unknown_coupon'],
      [wrong(request, { code: '00000-00000-00000-00001' }), 422, 'code_mistyped'],
      [wrong(request, { code: '' }), 400, 'invalid_request'],
      [wrong(request, { extra: 1 }), 400, 'invalid_request'],
    ];
  },
});

let batches = 0;

async function made({ shop, office }: Callers, count: number): Promise<string[]> {
  const marketer = await office.hire('marketer');
  const reference = `contract ${String(process.pid)}/${String((batches += 1))}`;
  const response = await fetch(`${shop.url}/v1/coupons/batches`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${marketer.credential ?? ''}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ reference, coupon: 'fair', count }),
  });
  const lines = (await response.text()).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { code: string }).code);
}

async function redeeming(by: Api, isOwn: boolean, member: string, code: string): Promise<Moving> {
  return isOwn
    ? { caller: await by.asMember(member), path: '/v1/me/coupons/redeem', body: { code } }
    : { caller: by, path: '/v1/coupons/redeem', body: { member: { id: member }, code } };
}
