import { bucketOf, publicId } from '../../src/ledger/address.js';
import { expected } from '../support/api.js';
import type { Watched } from './openapi-contract.js';

/** How a member lets themselves be told things, and what they are told. */
export async function contactStory(own: Watched, staff: Watched, member: string): Promise<void> {
  expected(await own.get('/v1/me/contact'), 200);
  expected(await own.send('PATCH', '/v1/me/contact', JSON.stringify({ messenger: true })), 200);
  await own.send('PATCH', '/v1/me/contact', JSON.stringify({ post: true }));
  expected(await own.get('/v1/me/notices'), 200);
  expected(await staff.get(`/v1/members/${member}/notices`), 200);
  await staff.get('/v1/members/nobody/notices');
}

/** A shop that passes notices on says what became of one. */
export async function noticeStory(
  shop: Watched,
  memberId: string,
  sql: (statement: string, values: unknown[]) => Promise<unknown>,
): Promise<void> {
  const number = 1_000;
  await sql(
    `INSERT INTO notices (bucket, member_id, number, kind, subject, about, made_at, due_at, state,
                          tries, next_at)
     VALUES ($1, $2, $3, 'points_expiring', 'story',
             '{"title": "Points", "text": "They go.", "facts": {}}', now(), now(), 'due', 0,
             now() + interval '1 year')`,
    [bucketOf(memberId), memberId, number],
  );
  const at = `/v1/notices/${publicId('ntc', { memberId, seq: number })}/evidence`;
  const told = await shop.post<{ evidence: string }>(at, { result: 'delivered' });
  expect(expected(told, 200).evidence).toBe('messenger');
  expected(await shop.post(at, { result: 'bounced' }), 200);
  await shop.post(at, { result: 'read' });
  await shop.post('/v1/notices/ntc_none/evidence', { result: 'delivered' });
}

/** Staff add an endpoint, try it out, read what was sent, send again, and remove it. */
export async function webhookStory(staff: Watched, other: Watched): Promise<void> {
  const url = 'https://example.com/events';
  const types = ['points.accrued', 'tier.changed', 'heads.signed'];
  const made = expected(await staff.post<{ id: string }>('/v1/webhooks', { url, types }), 201);
  const at = `/v1/webhooks/${made.id}`;
  for (const wrong of [
    { url: 'http://example.com', types },
    { url: 'https://10.0.0.1', types },
    { url, types: ['anything'] },
    { url },
  ]) {
    await staff.post('/v1/webhooks', wrong);
  }
  await other.post('/v1/webhooks', { url, types });
  expected(await staff.get('/v1/webhooks'), 200);
  expected(await staff.get(at), 200);
  await staff.get('/v1/webhooks/none');
  expected(await staff.post(`${at}/secret`, { overlapHours: 1 }), 201);
  const tried = expected(await staff.post<{ event: string }>(`${at}/test`, undefined), 202);
  expected(await staff.get(`${at}/deliveries?limit=1`), 200);
  await staff.get(`${at}/deliveries?cursor=other`);
  const range = { from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' };
  const first = expected(await staff.post<{ next: string }>(`${at}/replays`, range), 202);
  expected(await staff.post(`${at}/replays`, { ...range, cursor: first.next }), 202);
  expected(await staff.get(`${at}/deliveries?state=waiting`), 200);
  expected(await staff.get(`${at}/deliveries?state=due`), 200);
  for (const body of [{}, { event: tried.event }, { from: range.to, to: range.from }]) {
    await staff.post(`${at}/replays`, body);
  }
  const change = { state: 'disabled', description: 'Out of use.' };
  expected(await staff.send('PATCH', at, JSON.stringify(change)), 200);
  await staff.post(`${at}/replays`, range);
  await staff.post(`${at}/test`, undefined);
  expected(await staff.send('DELETE', at, undefined), 204);
}
