import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { expected, type Api } from '../support/api.js';

/** A reward that is a voucher, with everything its terms may say. */
export const slip = {
  ...{ code: 'slip', name: 'Slip', points: 500, value: { amount: 250, currency: 'GBP' } },
  kind: 'discount_voucher' as const,
  voucher: { usableDays: 30, retailers: ['shop'], minimumPurchase: 1_000 },
};

/** Coupons that one member may redeem one of. */
export const handedOut = {
  coupons: [
    {
      ...{ code: 'fair', name: 'Fair', points: 50, until: '2090-12-31' },
      ...{ budget: 1_000, perMember: 1 },
    },
  ],
  giftCaps: [{ period: 'lifetime', points: 100 }],
} satisfies Partial<ProgrammeDocument>;

/** A voucher is issued, looked at, refused, used, and used again. */
export async function voucherStory(shop: Api, member: string): Promise<void> {
  const captured = await shop.end('capture', await shop.held(member, slip.code));
  const { voucher, id } = expected(captured, 200);
  const at = `/v1/vouchers/${voucher?.code ?? ''}`;
  expected(await shop.get(at), 200);
  for (const code of ['00000-00000-00000-00000', '00000-00000-00000-00001']) {
    await shop.get(`/v1/vouchers/${code}`);
  }
  const total = (amount: number): object => ({ total: { amount, currency: 'GBP' } });
  for (const body of [{}, total(999), { ...total(1_000), purchase: 'pur_none' }]) {
    await shop.post(`${at}/use`, body);
  }
  for (const key of ['use', 'use', 'again']) await shop.post(`${at}/use`, total(1_000), { key });
  expected(await shop.get(`/v1/redemptions/${id}`), 200);
}
