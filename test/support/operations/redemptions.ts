import { expected, type Api } from '../api.js';
import { wrong, type Doing, type Fault, type Moving } from './operation.js';

/** Holds by the retailer name the member; by the member they need not. */
export const holding = (isOwn: boolean): Doing => {
  const holdOf = async (by: Api, member: string, reward: string): Promise<Moving> =>
    isOwn
      ? { caller: await by.asMember(member), path: '/v1/me/redemptions', body: { reward } }
      : { caller: by, path: '/v1/redemptions', body: { member: { id: member }, reward } };
  return {
    async prepare({ shop, corner }) {
      const member = await shop.memberWith(2_000);
      const stranger = isOwn ? await shop.memberWith(2_000) : member;
      return {
        member,
        request: await holdOf(shop, member, 'voucher'),
        other: await holdOf(shop, member, 'mug'),
        foreign: await holdOf(isOwn ? shop : corner, stranger, 'voucher'),
      };
    },
    async refused({ shop }) {
      const member = await shop.memberWith(499);
      const request = await holdOf(shop, member, 'voucher');
      const allow = async (): Promise<Moving> => {
        await shop.give(member, 1);
        return request;
      };
      return { request, code: 'insufficient_points', allow };
    },
    faults({ request }) {
      const nameless: Fault = [wrong(request, { member: {} }), 400, 'invalid_request'];
      return [
        [wrong(request, { reward: 'castle' }), 422, 'unknown_reward'],
        [wrong(request, { extra: 1 }), 400, 'invalid_request'],
        [wrong(request, { reward: '' }), 400, 'invalid_request'],
        ...(isOwn ? [] : [nameless]),
      ];
    },
  };
};

const total = { amount: 10_000, currency: 'GBP' };

/** Holds of points that pay. */
export const tendering: Doing = {
  async prepare({ shop, corner }) {
    const member = await shop.memberWith(2_000);
    return {
      member,
      request: paying(shop, member, 500),
      other: paying(shop, member, 300),
      foreign: paying(corner, member, 500),
    };
  },
  async refused({ shop }) {
    const member = await shop.memberWith(499);
    const request = paying(shop, member, 500);
    const allow = async (): Promise<Moving> => {
      await shop.give(member, 1);
      return request;
    };
    return { request, code: 'insufficient_points', allow };
  },
  faults({ request }) {
    return [
      [wrong(request, { tender: { points: 505, total } }), 422, 'tender_not_in_steps'],
      [wrong(request, { reward: 'voucher' }), 400, 'invalid_request'],
      [wrong(request, { tender: { points: 0, total } }), 400, 'invalid_request'],
    ];
  },
};

const paying = (caller: Api, member: string, points: number): Moving => ({
  caller,
  path: '/v1/redemptions',
  body: { member: { id: member }, tender: { points, total } },
});

/** A capture of a part of what points were to pay. */
export const paidInPart: Doing = {
  async prepare({ shop, corner }) {
    const member = await shop.memberWith(3_000);
    return {
      member,
      request: partOf(shop, await heldToPay(shop, member)),
      other: partOf(shop, await heldToPay(shop, member)),
      foreign: partOf(corner, await heldToPay(corner, member)),
    };
  },
  async refused({ shop }) {
    const member = await shop.memberWith(1_000);
    const [done, open] = [await heldToPay(shop, member), await heldToPay(shop, member)];
    expected(await shop.end('release', done), 200);
    return {
      request: partOf(shop, done),
      code: 'redemption_already_released',
      allow: () => Promise.resolve(partOf(shop, open)),
    };
  },
  faults({ request }) {
    return [
      [wrong(request, { amount: { amount: 251, currency: 'GBP' } }), 422, 'capture_exceeds_hold'],
      [wrong(request, { amount: { amount: 100, currency: 'EUR' } }), 400, 'invalid_request'],
      [wrong(request, { amount: { amount: 0, currency: 'GBP' } }), 400, 'invalid_request'],
    ];
  },
};

async function heldToPay(by: Api, member: string): Promise<string> {
  const { path, body } = paying(by, member, 500);
  return expected(await by.post<{ id: string }>(path, body), 201).id;
}

const partOf = (caller: Api, id: string): Moving => ({
  caller,
  path: `/v1/redemptions/${id}/capture`,
  body: { amount: { amount: 100, currency: 'GBP' } },
});

export const ending = (how: 'capture' | 'release', isOwn: boolean): Doing => {
  const endOf = (caller: Api, id: string, what: string = how): Moving => ({
    caller,
    path: `${isOwn ? '/v1/me' : '/v1'}/redemptions/${id}/${what}`,
  });
  return {
    async prepare({ shop, corner }) {
      const member = await shop.memberWith(3_000);
      const caller = isOwn ? await shop.asMember(member) : shop;
      const stranger = isOwn ? await shop.memberWith(500) : member;
      const foreign = isOwn ? await shop.asMember(stranger) : corner;
      return {
        member,
        request: endOf(caller, await shop.held(member)),
        other: endOf(caller, await shop.held(member)),
        foreign: endOf(foreign, await (isOwn ? shop : corner).held(stranger)),
      };
    },
    async refused({ shop }) {
      const member = await shop.memberWith(1_000);
      const caller = isOwn ? await shop.asMember(member) : shop;
      const [done, open] = [await shop.held(member), await shop.held(member)];
      const opposite = how === 'capture' ? 'release' : 'capture';
      expected(await shop.end(opposite, done), 200);
      return {
        request: endOf(caller, done),
        code: `redemption_already_${opposite}d`,
        allow: () => Promise.resolve(endOf(caller, open)),
      };
    },
    faults({ request: { caller }, foreign }) {
      const [, id = ''] = /redemptions\/([^/]+)/.exec(foreign.path) ?? [];
      return [
        [endOf(caller, 'rdm_none'), 404, 'not_found'],
        [endOf(caller, id), 404, 'not_found'],
      ];
    },
  };
};

/** What became of a delivery: a failure, which moves points. */
export const delivering: Doing = {
  async prepare({ shop, corner }) {
    const member = await shop.memberWith(3_000);
    return {
      member,
      request: failureOf(shop, await onItsWay(shop, member)),
      other: failureOf(shop, await onItsWay(shop, member)),
      foreign: failureOf(corner, await onItsWay(corner, member)),
    };
  },
  async refused({ shop }) {
    const member = await shop.memberWith(1_000);
    const open = await shop.held(member, 'parcel');
    const sent = await onItsWay(shop, member);
    return {
      request: failureOf(shop, open),
      code: 'not_on_its_way',
      allow: () => Promise.resolve(failureOf(shop, sent)),
    };
  },
  faults({ request }) {
    return [
      [wrong(request, { state: 'lost' }), 400, 'invalid_request'],
      [wrong(request, { extra: 1 }), 400, 'invalid_request'],
      [{ ...request, path: '/v1/redemptions/rdm_none/delivery' }, 404, 'not_found'],
    ];
  },
};

async function onItsWay(by: Api, member: string): Promise<string> {
  const id = await by.held(member, 'parcel');
  expected(await by.end('capture', id), 200);
  return id;
}

const failureOf = (caller: Api, id: string): Moving => ({
  caller,
  path: `/v1/redemptions/${id}/delivery`,
  body: { state: 'failed' },
});

/** A voucher that is used up. */
export const usingVoucher: Doing = {
  async prepare({ shop, corner }) {
    const member = await shop.memberWith(3_000);
    return {
      member,
      request: usedBy(shop, await issued(shop, member)),
      other: usedBy(shop, await issued(shop, member)),
      foreign: usedBy(corner, await issued(shop, member)),
    };
  },
  async refused({ shop }) {
    const member = await shop.memberWith(1_000);
    const [done, open] = [await issued(shop, member), await issued(shop, member)];
    expected(await shop.post(`/v1/vouchers/${done}/use`, {}), 200);
    return {
      request: usedBy(shop, done),
      code: 'voucher_already_used',
      allow: () => Promise.resolve(usedBy(shop, open)),
    };
  },
  faults({ request }) {
    const at = (code: string): Moving => ({ ...request, path: `/v1/vouchers/${code}/use` });
    return [
      [at('00000-00000-00000-00000'), 404, 'unknown_voucher'],
      [at('00000-00000-00000-00001'), 422, 'code_mistyped'],
      [wrong(request, { purchase: 'pur_none' }), 404, 'original_not_found'],
      [wrong(request, { total: { amount: -1, currency: 'GBP' } }), 400, 'invalid_request'],
      [wrong(request, { total: { amount: 100, currency: 'EUR' } }), 400, 'invalid_request'],
    ];
  },
};

async function issued(by: Api, member: string): Promise<string> {
  const captured = expected(await by.end('capture', await by.held(member, 'slip')), 200);
  return captured.voucher?.code ?? '';
}

const usedBy = (caller: Api, code: string): Moving => ({
  caller,
  path: `/v1/vouchers/${code}/use`,
  body: { total: { amount: 5_000, currency: 'GBP' } },
});
