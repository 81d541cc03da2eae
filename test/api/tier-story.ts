import { expected } from '../support/api.js';
import type { Office } from '../support/staff.js';
import type { Watched } from './openapi-contract.js';

/** The ladder is read, a tier given by hand in every way there is to be refused, and reviewed. */
export async function tierStory(
  shop: Watched,
  owner: Watched,
  office: Office,
  member: string,
): Promise<void> {
  for (const reader of [shop, owner]) expected(await reader.get('/v1/tiers'), 200);
  const [ada, ben] = [await office.hire('manager', member), await office.hire('manager')];
  const giver = shop.as(ben.credential ?? '');
  const at = `/v1/members/${member}`;
  const grant = {
    tier: 'silver',
    until: `${String(new Date().getUTCFullYear() + 1)}-01-31`,
    reason: 'goodwill',
  };
  expected(await giver.post(`${at}/grants`, grant, { key: 'grant' }), 201);
  expected(await giver.post(`${at}/grants`, grant, { key: 'grant' }), 201);
  for (const wrong of [
    { tier: 'none' },
    { reason: 'whim' },
    { until: '2020-01-01' },
    { until: 1 },
  ]) {
    await giver.post(`${at}/grants`, { ...grant, ...wrong });
  }
  await shop.as(ada.credential ?? '').post(`${at}/grants`, grant);
  await shop.post(`${at}/grants`, grant);
  expected(await giver.send('POST', `${at}/review`, ''), 200);
  await giver.send('POST', '/v1/members/nobody/review', '');
  expected(await owner.get(`${at}/standing`), 200);
}
