import { daysAgo, expected, type LedgerPageView } from '../support/api.js';
import { pointSales, transfers } from '../support/operations/operation.js';
import { conversions } from './conversion-story.js';
import type { Watched } from './openapi-contract.js';
import { choices as words, preferenceStory } from './preference-story.js';

const referral = {
  ...{ friendPoints: 20, referrerPoints: 30, minimumAmount: 2_000, claimDays: 7, qualifyDays: 90 },
  ...{ caps: { month: 2, year: 3, lifetime: 4 }, budget: 1_000, takeBackDays: 60 },
};

/** What a programme must have for members to do all they can by themselves. */
export const choices = {
  ...words,
  transfers: { ...transfers, coolDownHours: 1 },
  referral,
  pointSales,
  conversions,
};

/** What a member does with a token, and what staff and shops see of it. */
export async function ownStory(
  own: Watched,
  shop: Watched,
  staff: string,
  member: string,
): Promise<void> {
  await preferenceStory(own, shop, staff, member);
  await transferStory(own, shop, member);
  await referralStory(own, shop);
  await saleStory(shop, member);
  expected(await own.get('/v1/me/point-sales/terms'), 200);
  await stageStory(own, shop.as(staff), member);
}

async function stageStory(own: Watched, staff: Watched, member: string): Promise<void> {
  expected(await own.get('/v1/me/stage'), 200);
  expected(await staff.get(`/v1/members/${member}/stage`), 200);
  await staff.get('/v1/members/nobody/stage');
  expected(await staff.get('/v1/reports/members'), 200);
  expected(await staff.get('/v1/reports/members/active?limit=1'), 200);
  await staff.get('/v1/reports/members/asleep');
  await staff.get('/v1/reports/members/dormant?cursor=far');
  await own.get('/v1/reports/members');
}

async function transferStory(own: Watched, shop: Watched, member: string): Promise<void> {
  const at = '/v1/me/transfers';
  const friend = await shop.enrol({ card: 'CARD-FRIEND' });
  const gift = { member: { card: 'CARD-FRIEND' }, points: 20 };
  await own.post(at, gift);
  const asked = { scopes: ['me:read', 'me:transfer'] };
  const minted = await shop.post<{ token: string }>(`/v1/members/${member}/tokens`, asked);
  const giver = shop.as(expected(minted, 201).token);
  await shop.give(member, 5_000, daysAgo(61));
  for (const points of [5, 1_001]) await giver.post(at, { ...gift, points });
  for (const key of ['gift', 'gift']) expected(await giver.post(at, gift, { key }), 201);
  await giver.post(at, gift);
  await giver.post(at, { ...gift, member: { card: 'CARD-NOBODY' } });
  const receiver = await shop.asMember(friend);
  const page = await receiver.get<LedgerPageView>('/v1/me/ledger');
  for (const { id } of expected(page, 200).postings) {
    expected(await receiver.get(`/v1/me/postings/${id}/explanation`), 200);
  }
}

async function referralStory(own: Watched, shop: Watched): Promise<void> {
  const at = '/v1/me/referrals';
  const { code } = expected(await own.get<{ code: string }>(at), 200);
  const friend = await shop.asMember(await shop.enrol());
  for (const said of ['0000-0000-0000-0000', code, code]) {
    await friend.post(`${at}/claim`, { code: said });
  }
  await own.post(`${at}/claim`, { code });
  await shop.enrol({ referralCode: code, signals: { household: 'a-hash-of-an-address' } });
  expected(await friend.get(at), 200);
  expected(await own.get(at), 200);
}

async function saleStory(shop: Watched, member: string): Promise<void> {
  const at = '/v1/point-sales';
  expected(await shop.get(`${at}/terms`), 200);
  const paid = { amount: 400, currency: 'GBP' };
  const sale = { member: { id: member }, reference: 'points-1', points: 200, paid };
  const { id } = expected(await shop.post<{ id: string }>(at, sale), 201);
  for (const changed of [{}, { points: 50 }, { points: 250 }, { points: 300 }, { points: 9_000 }]) {
    await shop.post(at, { ...sale, reference: 'points-2', ...changed, paid });
  }
  await shop.post(at, sale);
  for (const key of ['a', 'a', 'b']) await shop.send('POST', `${at}/${id}/refund`, '', { key });
  await shop.send('POST', `${at}/pst_none/refund`, '');
}
