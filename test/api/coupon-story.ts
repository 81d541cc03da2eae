import { expected } from '../support/api.js';
import type { Watched } from './openapi-contract.js';

/** Coupons are made, redeemed by a retailer and a member, and refused. */
export async function couponStory(
  own: Watched,
  shop: Watched,
  staff: Watched,
  member: string,
): Promise<void> {
  const wanted = { reference: 'story', coupon: 'fair', count: 3 };
  const lines = await staff.lines(
    'POST',
    '/v1/coupons/batches',
    JSON.stringify(wanted),
    'application/json',
  );
  const [first = '', second = '', third = ''] = lines.map(
    (each) => (JSON.parse(each) as { code: string }).code,
  );
  await staff.get('/v1/coupons/batches?limit=1');
  await staff.post('/v1/coupons/batches', { ...wanted, count: 4 });
  await staff.post('/v1/coupons/batches', { ...wanted, coupon: 'none' });
  expected(await own.post('/v1/me/coupons/redeem', { code: first }), 201);
  for (const code of [first, second, '00000-00000-00000-00000']) {
    await shop.post('/v1/coupons/redeem', { member: { id: member }, code });
  }
  const letter = JSON.stringify({ reference: 'letter', offer: 'spring', count: 1 });
  const told = await staff.lines('POST', '/v1/coupons/batches', letter, 'application/json');
  const { code } = JSON.parse(told[0] ?? '') as { code: string };
  const fresh = { id: await shop.enrol() };
  expected(await shop.post('/v1/coupons/redeem', { member: fresh, code }), 201);
  await staff.post('/v1/coupons/batches', { reference: 'neither', count: 1 });
  const other = { id: await shop.enrol() };
  expected(await shop.post('/v1/coupons/redeem', { member: other, code: third }), 201);
}
