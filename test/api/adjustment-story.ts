import { aPurchase, daysAgo, expected } from '../support/api.js';
import type { Office } from '../support/staff.js';
import type { Watched } from './openapi-contract.js';

/** Staff give points, take some, ask a second person, and are refused in every way. */
export async function adjustmentStory(
  shop: Watched,
  office: Office,
  staff: string,
  member: string,
): Promise<void> {
  const [ada, ben] = [await office.hire('agent'), await office.hire('manager', member)];
  const asker = shop.as(ada.credential ?? '');
  const beneficiary = shop.as(ben.credential ?? '');
  const owner = shop.as(staff);
  const adjusting = (points: number, more = {}): object => ({
    member: { id: member },
    points,
    reason: 'goodwill',
    ...more,
  });
  const given = await asker.post<{ posting: string }>(
    '/v1/adjustments',
    adjusting(5, { note: 'n' }),
  );
  expected(await owner.get(`/v1/adjustments/${expected(given, 201).posting}`), 200);
  expected(await asker.post('/v1/adjustments', adjusting(-5)), 201);
  for (const refused of [adjusting(0), adjusting(1_001), adjusting(5, { reason: 'whim' })]) {
    await asker.post('/v1/adjustments', refused);
  }
  await beneficiary.post('/v1/adjustments', adjusting(5));
  await owner.get('/v1/adjustments/pst_none');
  await renewalStory(asker, owner, office, member);
  await clearanceStory(shop, asker, owner);
  const approvals = [];
  for (const note of ['a', 'b', 'c']) {
    const asked = await asker.post<{ id: string }>('/v1/adjustments', adjusting(600, { note }));
    approvals.push(`/v1/approvals/${expected(asked, 202).id}`);
  }
  const [first = '', second = '', third = ''] = approvals;
  await asker.send('POST', `${first}/approve`, '');
  await beneficiary.send('POST', `${first}/reject`, '');
  expected(await owner.send('POST', `${first}/approve`, ''), 200);
  expected(await owner.send('POST', `${second}/reject`, ''), 200);
  await owner.send('POST', `${second}/approve`, '');
  await owner.send('POST', `${third}/approve`, '');
  for (const path of [first, second, third]) expected(await owner.get(path), 200);
  await owner.get('/v1/approvals/apr_none');
  const page = await owner.get<{ next: string }>('/v1/approvals?limit=2&state=pending');
  await owner.get(`/v1/approvals?cursor=${expected(page, 200).next}`);
  await owner.get('/v1/approvals?cursor=other');
  expected(await owner.get('/v1/approvals?limit=2'), 200);
}

/** Some points go later, all go, and some come back. */
async function renewalStory(
  asker: Watched,
  owner: Watched,
  office: Office,
  member: string,
): Promise<void> {
  const lastDay = `${String(new Date().getUTCFullYear() + 9)}-03-31`;
  const renewing = (points: number): object => ({ points, lastDay, reason: 'goodwill' });
  for (const how of ['extensions', 'reinstatements']) {
    const path = `/v1/members/${member}/${how}`;
    if (how === 'reinstatements') await office.letGo(member);
    const done = await asker.post<{ posting: string }>(path, renewing(5));
    expected(await owner.get(`/v1/adjustments/${expected(done, 201).posting}`), 200);
    const asked = expected(await asker.post<{ id: string }>(path, renewing(600)), 202);
    expected(await owner.send('POST', `/v1/approvals/${asked.id}/reject`, ''), 200);
    await asker.post(path, { ...renewing(5), lastDay: '2020-01-01' });
    await asker.post(`/v1/members/nobody/${how}`, renewing(5));
    await owner.post(path, renewing(1_001));
  }
}

/** What a guard withholds of a purchase is cleared, by whoever may, once. */
async function clearanceStory(shop: Watched, asker: Watched, owner: Watched): Promise<void> {
  const member = await shop.enrol();
  const bought = await shop.purchase(aPurchase(member, { amount: 60_000_000, at: daysAgo(0) }));
  const path = `/v1/postings/${String(expected(bought, 201).posting)}/clearance`;
  const reason = { reason: 'They bought a kitchen.' };
  await asker.post(path, reason);
  expected(await owner.post(path, reason), 201);
  await owner.post(path, reason);
  await owner.post(path, {});
  await owner.post('/v1/postings/pst_none/clearance', reason);
}
