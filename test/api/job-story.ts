import { expected } from '../support/api.js';
import type { Deployment } from '../support/server.js';
import type { Watched } from './openapi-contract.js';

/** Jobs are listed, tried, begun, paused and resumed, and asked for in ways that are refused. */
export async function jobStory(
  staff: Watched,
  shop: Watched,
  deployment: Deployment,
): Promise<void> {
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
    'inactivity',
    'point-expiry',
  ]) {
    const lost = await staff.get(`/v1/jobs/${name}/preview?cursor=0.9.lost`);
    expect([name, lost.status]).toEqual([name, 400]);
  }
  expected(await staff.get('/v1/jobs/daily-heads/preview'), 200);
  await staff.get(`${at}/preview?cursor=far`);
  expected(await staff.get('/v1/jobs/reconciliation/preview?limit=5'), 200);
  await freezeStory(staff, shop, deployment);
  await monitorStory(staff, shop, deployment);
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

/** A member whose rows differ spends nothing until staff have looked. */
async function freezeStory(staff: Watched, shop: Watched, deployment: Deployment): Promise<void> {
  const member = await shop.enrol();
  await deployment.sql(
    `WITH frozen AS (
       INSERT INTO spending_freezes (bucket, member_id, n, frozen_at, found)
       SELECT bucket, member_id, 1, programme_now(), '["lots.remaining"]' FROM members
        WHERE member_id = $1 RETURNING bucket, member_id, frozen_at)
     UPDATE members m SET frozen_at = f.frozen_at FROM frozen f
      WHERE m.bucket = f.bucket AND m.member_id = f.member_id`,
    [member],
  );
  expected(await staff.get('/v1/freezes'), 200);
  await shop.get('/v1/freezes');
  await shop.hold(member);
  await staff.post(`/v1/members/${member}/unfreeze`, {});
  const reason = { reason: 'The edit was undone.' };
  expected(await staff.post(`/v1/members/${member}/unfreeze`, reason), 200);
  await staff.post(`/v1/members/${member}/unfreeze`, reason);
}

/** What a night found is read as it is, by kind and night by night, and asked for in ways that are refused. */
async function monitorStory(staff: Watched, shop: Watched, deployment: Deployment): Promise<void> {
  await deployment.sql(
    `INSERT INTO monitor_results (day, monitor, subject, threshold, as_of, made_at, version_no, hits,
                                  total, baseline, most, state, since, examples)
     VALUES ('2026-06-30', 'bunching', 'offer/spring', 2000, programme_now(), programme_now(), 1, 30,
             31, 0.5, 0.7, 'alerting', '2026-06-29', ARRAY[gen_random_uuid()]),
            ('2026-06-30', 'breakage', 'expiry', 0, programme_now(), programme_now(), 1, 0, 0, NULL,
             0.2, 'too_few', NULL, '{}')`,
  );
  expected(await staff.get('/v1/monitors'), 200);
  expected(await staff.get('/v1/monitors?offer=spring&state=alerting'), 200);
  await staff.get('/v1/monitors?monitor=nothing');
  await shop.get('/v1/monitors');
  expected(await staff.get('/v1/monitors/bunching/history?subject=offer/spring&limit=1'), 200);
  await staff.get('/v1/monitors/nothing/history?subject=programme');
  await staff.get('/v1/monitors/bunching/history');
  expected(await staff.get('/v1/jobs/monitors/preview'), 200);
}
