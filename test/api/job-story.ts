import { expected } from '../support/api.js';
import type { Watched } from './openapi-contract.js';

/** Jobs are listed, tried, begun, paused and resumed, and asked for in ways that are refused. */
export async function jobStory(staff: Watched, shop: Watched): Promise<void> {
  const at = '/v1/jobs/tier-reviews';
  expected(await staff.get('/v1/jobs'), 200);
  await shop.get('/v1/jobs');
  expected(await staff.get(`${at}/preview?limit=2`), 200);
  const soon = new Date(Date.now() + 300 * 86_400_000).toISOString();
  expected(await staff.get(`${at}/preview?asOf=${soon}`), 200);
  await staff.get(`${at}/preview?asOf=2090-01-01T00:00:00Z`);
  for (const name of [
    'tier-reviews',
    'referral-payments',
    'voucher-lapses',
    'hold-time-outs',
    'point-expiry',
  ]) {
    const lost = await staff.get(`/v1/jobs/${name}/preview?cursor=0.9.lost`);
    expect([name, lost.status]).toEqual([name, 400]);
  }
  expected(await staff.get('/v1/jobs/daily-heads/preview'), 200);
  await staff.get(`${at}/preview?cursor=far`);
  expected(await staff.post(`${at}/runs`, { asOf: '2026-01-01T00:00:00Z' }), 202);
  await staff.post(`${at}/runs`, { asOf: '2090-01-01T00:00:00Z' });
  await staff.post(`${at}/runs`, {});
  expected(await staff.get(`${at}/runs?limit=1`), 200);
  await staff.get('/v1/jobs/nothing/runs');
  expected(await staff.send('POST', `${at}/pause`, ''), 200);
  await staff.post(`${at}/runs`, {});
  expected(await staff.get('/v1/jobs'), 200);
  expected(await staff.send('POST', `${at}/resume`, ''), 200);
}
