import { expected } from '../support/api.js';
import { asConverter, inOf, outOf } from '../support/operations/conversions.js';
import { conversions as all } from '../support/operations/currencies.js';
import type { Watched } from './openapi-contract.js';

/** Miles of the corner shop, one conversion of which a member may wait for at a time. */
export const conversions = all
  .filter(({ code }) => code === 'miles')
  .map((each) => ({ ...each, ...(each.out && { out: { ...each.out, coolDownHours: 1 } }) }));

/** A member's points become miles and miles points, by the member, a shop and the partner. */
export async function conversionStory(
  shop: Watched,
  corner: Watched,
  staff: Watched,
): Promise<void> {
  const member = await shop.memberWith(3_000);
  const token = await asConverter(shop, member);
  const own = shop.as(token.credential ?? '');
  for (const by of [shop, own]) {
    const at = by === shop ? '/v1' : '/v1/me';
    expected(await by.get(`${at}/currencies`), 200);
    const whose = by === shop ? { member: { id: member } } : {};
    for (const points of [200, 50]) {
      await by.post(`${at}/conversions/quote`, { ...whose, currency: 'miles', points });
    }
  }
  const asked = { currency: 'miles', points: 100 };
  for (const key of ['own', 'own'])
    expected(await own.post('/v1/me/conversions', asked, { key }), 201);
  await own.post('/v1/me/conversions', asked);
  const { items } = expected(
    await own.get<{ items: { id: string }[] }>('/v1/me/conversions?limit=1'),
    200,
  );
  const id = items[0]?.id ?? '';
  expected(await own.get(`/v1/me/conversions/${id}`), 200);
  const path = `/v1/conversions/${id}`;
  expected(await corner.post(`${path}/confirm`, { reference: 'miles-1' }), 200);
  await corner.post(`${path}/confirm`, { reference: 'miles-2' });
  await corner.post('/v1/conversions/cnv_none/confirm', { reference: 'miles-3' });
  const other = await shop.memberWith(3_000);
  const failing = outOf(shop, other, 100);
  const held = expected(await shop.post<{ id: string }>(failing.path, failing.body), 201);
  expected(await corner.send('POST', `/v1/conversions/${held.id}/fail`, ''), 200);
  await corner.send('POST', `/v1/conversions/${held.id}/fail`, '');
  await shop.post(failing.path, { ...failing.body, agreement: { act: 'said_yes' } });
  expected(await corner.get(path), 200);
  await corner.get('/v1/conversions/cnv_none');
  for (const by of [corner, shop]) {
    const page = await by.get<{ next: string }>('/v1/conversions?limit=1');
    await by.get(`/v1/conversions?cursor=${expected(page, 200).next}`);
    await by.get('/v1/conversions?cursor=cnv_none');
  }
  expected(await staff.post('/v1/partners/corner/blocks', { points: 100 }), 201);
  for (const units of [200, 20, 10, 30, 2_000]) {
    const { path: at, body } = inOf(corner, member, units, { reference: 'units-1' });
    await corner.post(at, body);
    const { member: whose, currency } = body as { member: object; currency: string };
    await corner.post('/v1/conversions/in/preview', { member: whose, currency, units });
  }
  const empty = inOf(corner, member, 3_980);
  await corner.post(empty.path, empty.body);
  const page = await own.get<{ postings: { id: string }[] }>('/v1/me/ledger');
  for (const each of expected(page, 200).postings) {
    expected(await own.get(`/v1/me/postings/${each.id}/explanation`), 200);
  }
}
