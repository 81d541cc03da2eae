import { aPurchase, daysAgo, expected, type Api } from '../api.js';
import { wrong, type Doing, type Fault, type Moving } from './operation.js';

interface Bought {
  id: string;
  reference: string;
}

async function bought(by: Api, member: string): Promise<Bought> {
  const purchase = aPurchase(member, { at: daysAgo(2) });
  const { purchase: id } = expected(await by.purchase(purchase), 201);
  return { id: id ?? '', reference: purchase.reference };
}

/** A purchase without whose it is, which the return says. */
function inExchange(at = daysAgo(0)): object {
  const { member: _, ...purchase } = aPurchase('', { at });
  return purchase;
}

const whole = (by: Api, purchase: string): Required<Moving> => ({
  caller: by,
  path: `/v1/purchases/${encodeURIComponent(purchase)}/returns`,
  body: { occurredAt: daysAgo(0) },
});

export const returning = (addressed: 'id' | 'reference', isExchange = false): Doing => {
  const returnOf = (by: Api, { id, reference }: Bought, exchange = inExchange()): Moving => {
    const request = whole(by, addressed === 'id' ? id : `ref:${reference}`);
    return isExchange ? wrong(request, { exchange }) : request;
  };
  return {
    refers: isExchange,
    postings: isExchange ? 2 : 1,
    async prepare({ shop, corner }) {
      const member = await shop.enrol();
      const request = returnOf(shop, await bought(shop, member));
      const foreign = returnOf(corner, await bought(corner, member));
      return { member, request, other: returnOf(shop, await bought(shop, member)), foreign };
    },
    async refused({ shop }) {
      const member = await shop.enrol();
      const [done, open] = [await bought(shop, member), await bought(shop, member)];
      const possible = returnOf(shop, open);
      const allow = (): Promise<Moving> => Promise.resolve(possible);
      if (isExchange) {
        const early = inExchange('2019-06-01T12:00:00Z');
        return { request: returnOf(shop, open, early), code: 'before_programme_start', allow };
      }
      const { caller, path, body } = returnOf(shop, done);
      expected(await caller.post(path, body), 201);
      return { request: returnOf(shop, done), code: 'nothing_left_to_return', allow };
    },
    async faults({ member, request, foreign }, { shop }) {
      const { reference } = await bought(shop, member);
      const exchanging = (change: object): Moving =>
        wrong(request, { exchange: { ...inExchange(), ...change } });
      const ofExchange: Fault[] = [
        [exchanging({ total: { amount: 1, currency: 'GBP' } }), 422, 'purchase_does_not_add_up'],
        [exchanging({ redemptions: ['rdm_none'] }), 422, 'redemption_not_usable'],
        [exchanging({ occurredAt: '2999-01-01T00:00:00Z' }), 422, 'occurred_in_future'],
        [exchanging({ reference }), 409, 'duplicate_reference'],
      ];
      return [
        [wrong(request, { extra: 1 }), 400, 'invalid_request'],
        [wrong(request, { lines: [] }), 400, 'invalid_request'],
        [wrong(request, { lines: [{ line: 'tulip' }] }), 422, 'return_exceeds_purchase'],
        [wrong(request, { occurredAt: '2999-01-01T00:00:00Z' }), 422, 'occurred_in_future'],
        [wrong(request, { occurredAt: '2020-06-01T00:00:00Z' }), 422, 'return_before_purchase'],
        [{ ...request, path: foreign.path }, 404, 'original_not_found'],
        [{ ...request, path: whole(shop, 'pur_none').path }, 404, 'original_not_found'],
        ...(isExchange ? ofExchange : []),
      ];
    },
  };
};
