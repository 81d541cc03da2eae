import type { Offer } from '../../src/programmes/document.js';
import { expected } from '../support/api.js';
import type { Watched } from './openapi-contract.js';

/** One offer that is activated, with budgets. */
export const offers: Offer[] = [
  {
    ...{ code: 'spring', name: 'Spring', audience: { kind: 'all' }, activation: true },
    from: '2020-01-01',
    pays: { kind: 'per_amount', rate: '0.1' },
    budget: { points: 100, money: { amount: 100, currency: 'GBP' }, pricePerPoint: '0.5' },
    goal: { kind: 'purchases', least: 10, by: '2090-01-01' },
  },
  {
    ...{ code: 'later', name: 'Later', audience: { kind: 'all' }, from: '2090-01-01' },
    pays: { kind: 'per_amount', rate: '0.1' },
  },
];

/** What a member, a till and the staff do with offers. */
export async function offersStory(
  own: Watched,
  shop: Watched,
  staff: Watched,
  member: string,
): Promise<void> {
  expected(await own.get('/v1/me/offers'), 200);
  expected(await own.post('/v1/me/offers/spring/activate', {}), 200);
  await own.post('/v1/me/offers/later/activate', {});
  expected(await shop.get(`/v1/members/${member}/offers`), 200);
  await shop.get('/v1/members/nobody/offers');
  expected(await staff.get('/v1/offers'), 200);
  for (const act of ['pause', 'resume']) {
    expected(await staff.post(`/v1/offers/spring/${act}`, { reason: 'A try.' }), 200);
    await staff.post(`/v1/offers/nothing/${act}`, { reason: 'A try.' });
    await staff.post(`/v1/offers/spring/${act}`, { reason: '' });
  }
  expected(await staff.get('/v1/offers/spring/report'), 200);
  await staff.get('/v1/offers/none/report');
  await listsStory(staff, member);
}

/** A list is uploaded, shown and taken away. */
async function listsStory(staff: Watched, member: string): Promise<void> {
  const path = '/v1/lists/spring';
  await staff.lines('PUT', path, `${JSON.stringify({ member })}\n{"card":"none"}\n`);
  await staff.lines('PUT', path, `member\n${member}\n`, 'text/csv');
  await staff.lines('PUT', path, '');
  await staff.send('PUT', path, '[]');
  await staff.lines('PUT', '/v1/lists/No', '');
  expected(await staff.get('/v1/lists'), 200);
  await staff.send('DELETE', path, undefined);
  await staff.send('DELETE', path, undefined);
}
