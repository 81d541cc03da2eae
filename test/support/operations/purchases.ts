import { aPurchase } from '../api.js';
import { nobody, wrong, type Doing } from './operation.js';

export const purchasing = (path: string): Doing => ({
  refers: true,
  async prepare({ shop, corner }) {
    const member = await shop.enrol();
    const purchase = aPurchase(member);
    return {
      member,
      request: { caller: shop, path, body: purchase },
      other: { caller: shop, path, body: aPurchase(member) },
      foreign: { caller: corner, path, body: purchase },
    };
  },
  async refused({ shop }) {
    const early = aPurchase(await shop.enrol(), { at: '2019-06-01T12:00:00Z' });
    const right = { ...early, occurredAt: aPurchase('').occurredAt };
    return {
      request: { caller: shop, path, body: early },
      code: 'before_programme_start',
      allow: () => Promise.resolve({ caller: shop, path, body: right }),
    };
  },
  faults({ request, other }) {
    return [
      [wrong(request, { extra: 1 }), 400, 'invalid_request'],
      [wrong(request, { member: { id: nobody } }), 404, 'unknown_member'],
      [wrong(request, { member: { card: '0000 0000' } }), 404, 'unknown_member'],
      [wrong(request, { occurredAt: '2999-01-01T00:00:00Z' }), 422, 'occurred_in_future'],
      [wrong(request, { total: { amount: 1, currency: 'GBP' } }), 422, 'purchase_does_not_add_up'],
      [wrong(request, { lines: [] }), 400, 'invalid_request'],
      [wrong(other, { reference: '' }), 400, 'invalid_request'],
    ];
  },
});
