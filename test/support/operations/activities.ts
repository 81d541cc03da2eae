import { aPurchase } from '../api.js';
import { nobody, wrong, type Doing } from './operation.js';

interface Activity {
  reference: string;
  occurredAt: string;
  member: object;
  kind: string;
}

function anActivity(member: string): Activity {
  const { reference, occurredAt } = aPurchase(member);
  return { reference, occurredAt, member: { id: member }, kind: 'visit' };
}

const path = '/v1/activities';

/** Visits, of which the programme of the contract rewards one an hour. */
export const doing = (): Doing => ({
  refers: true,
  async prepare({ shop, corner }) {
    const member = await shop.enrol();
    const visit = anActivity(member);
    return {
      member,
      request: { caller: shop, path, body: visit },
      other: { caller: shop, path, body: anActivity(member) },
      foreign: { caller: corner, path, body: visit },
    };
  },
  async refused({ shop }) {
    const right = anActivity(await shop.enrol());
    const early = { ...right, occurredAt: '2019-06-01T12:00:00Z' };
    return {
      request: { caller: shop, path, body: early },
      code: 'before_programme_start',
      allow: () => Promise.resolve({ caller: shop, path, body: right }),
    };
  },
  faults({ request, other }) {
    return [
      [wrong(request, { sentiment: 'good' }), 400, 'invalid_request'],
      [wrong(request, { member: { id: nobody } }), 404, 'unknown_member'],
      [wrong(request, { occurredAt: '2999-01-01T00:00:00Z' }), 422, 'occurred_in_future'],
      [wrong(request, { kind: 'overdraft' }), 400, 'invalid_request'],
      [wrong(request, { value: -1 }), 400, 'invalid_request'],
      [wrong(other, { reference: '' }), 400, 'invalid_request'],
    ];
  },
});
