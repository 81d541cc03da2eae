import { randomUUID } from 'node:crypto';
import type { SaleView } from '../../../src/transfers/sales/sales.views.js';
import { expected, type Api } from '../api.js';
import { nobody, wrong, type Doing, type Moving } from './operation.js';

const sale = (caller: Api, member: string, points: number, reference = randomUUID()): Moving => ({
  caller,
  path: '/v1/point-sales',
  body: {
    ...{ member: { id: member }, reference, points },
    paid: { amount: 2 * points, currency: 'GBP' },
  },
});

/** Points that a retailer sells. */
export const selling: Doing = {
  async prepare({ shop, corner }) {
    const member = await shop.enrol();
    const reference = randomUUID();
    return {
      member,
      request: sale(shop, member, 200, reference),
      other: sale(shop, member, 300),
      foreign: sale(corner, member, 200, reference),
    };
  },
  async refused({ shop }) {
    const member = await shop.enrol();
    expected(await shop.post('/v1/point-sales', sale(shop, member, 4_900).body), 201);
    const request = sale(shop, member, 200);
    return {
      request,
      code: 'sale_limit_reached',
      allow: () => Promise.resolve(sale(shop, member, 100)),
    };
  },
  faults({ request }) {
    return [
      [wrong(request, { extra: 1 }), 400, 'invalid_request'],
      [wrong(request, { member: { id: nobody } }), 404, 'unknown_member'],
      [wrong(request, { points: 50 }), 422, 'sale_too_small'],
      [wrong(request, { points: 250 }), 422, 'sale_not_in_steps'],
      [wrong(request, { paid: { amount: 399, currency: 'GBP' } }), 422, 'paid_differs'],
      [wrong(request, { paid: { amount: 400, currency: 'EUR' } }), 400, 'invalid_request'],
    ];
  },
};

const refundOf = async (caller: Api, member: string, points: number): Promise<Moving> => {
  const { body } = sale(caller, member, points);
  const { id } = expected(await caller.post<SaleView>('/v1/point-sales', body), 201);
  return { caller, path: `/v1/point-sales/${id}/refund` };
};

/** Sales that are taken back. */
export const refunding: Doing = {
  async prepare({ shop, corner }) {
    const member = await shop.enrol();
    return {
      member,
      request: await refundOf(shop, member, 200),
      other: await refundOf(shop, member, 300),
      foreign: await refundOf(corner, member, 200),
    };
  },
  async refused({ shop }) {
    const member = await shop.enrol();
    const done = await refundOf(shop, member, 300);
    expected(await shop.send('POST', done.path, ''), 201);
    const open = await refundOf(shop, member, 200);
    return { request: done, code: 'points_spent', allow: () => Promise.resolve(open) };
  },
  faults({ request, foreign }) {
    return [
      [{ ...request, path: '/v1/point-sales/pst_none/refund' }, 404, 'not_found'],
      [{ ...request, path: foreign.path }, 404, 'not_found'],
    ];
  },
};
