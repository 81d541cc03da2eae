import type { Partner } from '../../src/programmes/document.js';
import { aPurchase, expected } from '../support/api.js';
import type { Watched } from './openapi-contract.js';

/** A partner that pays beforehand, and an agent. */
export const partners: Partner[] = [
  {
    ...{ code: 'corner', kind: 'partner' },
    terms: { kind: 'prepaid', price: '2', whenEmpty: 'refuse', alertBelow: 50 },
  },
  { code: 'travel', kind: 'agent', channels: ['agency'] },
];

/** A partner pays for a block, its customers earn from it, and it sees what is left. */
export async function partnerStory(staff: Watched, corner: Watched, member: string): Promise<void> {
  await corner.purchase(aPurchase(member, { amount: 4_000 }));
  const blocks = '/v1/partners/corner/blocks';
  for (const key of ['block', 'block']) {
    expected(await staff.post(blocks, { points: 100 }, { key }), 201);
  }
  await staff.post(blocks, { points: 101 }, { key: 'block' });
  expected(await staff.post(blocks, { points: 50, price: '0.75' }), 201);
  await staff.post(blocks, { points: 0 });
  await staff.post('/v1/partners/travel/blocks', { points: 1 });
  await staff.post('/v1/partners/nobody/blocks', { points: 1 });
  await corner.post(blocks, { points: 1 });
  expected(await corner.purchase(aPurchase(member, { amount: 4_000 })), 201);
  expected(await corner.purchase(aPurchase(member, { amount: 7_000 })), 201);
  for (const reader of [staff, corner]) {
    expected(await reader.get('/v1/partners'), 200);
    expected(await reader.get('/v1/partners/corner'), 200);
    await reader.get('/v1/partners/travel');
    const month = new Date().toISOString().slice(0, 7);
    expected(await reader.get(`/v1/partners/corner/settlements/${month}`), 200);
    for (const other of ['June', '2099-01']) {
      await reader.get(`/v1/partners/corner/settlements/${other}`);
      await reader.get(`/v1/partners/travel/credits/${other}`);
    }
    await reader.get(`/v1/partners/travel/credits/${month}`);
  }
}
