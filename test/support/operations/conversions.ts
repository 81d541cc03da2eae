import { randomUUID } from 'node:crypto';
import type { ConversionView } from '../../../src/transfers/conversions/conversions.views.js';
import { Api, expected } from '../api.js';
import { nobody, wrong, type Callers, type Doing, type Moving } from './operation.js';

const agreement = { act: 'pressed_button', channel: 'app', at: '2026-01-01T00:00:00Z' };

export const outOf = (caller: Api, member: string, points: number): Moving => ({
  ...{ caller, path: '/v1/conversions' },
  body: { member: { id: member }, currency: 'miles', points, agreement },
});

export const inOf = (
  caller: Api,
  member: string,
  units: number,
  { currency = 'miles', reference = randomUUID() }: { currency?: string; reference?: string } = {},
): Moving => ({
  ...{ caller, path: '/v1/conversions/in' },
  body: { member: { id: member }, currency, units, reference, agreement },
});

/** The same server as a member who may convert points. */
export async function asConverter(by: Api, member: string): Promise<Api> {
  const scopes = ['me:read', 'me:convert'];
  const answer = await by.post<{ token: string }>(`/v1/members/${member}/tokens`, { scopes });
  return by.as(expected(answer, 201).token);
}

/** Points held to become miles, asked for by a shop or by the member. */
export const converting = (isOwn: boolean): Doing => {
  const asked = async (by: Api, member: string, points: number): Promise<Moving> =>
    isOwn
      ? {
          ...{ caller: await asConverter(by, member), path: '/v1/me/conversions' },
          body: { currency: 'miles', points },
        }
      : outOf(by, member, points);
  return {
    async prepare({ shop, corner }) {
      const member = await shop.memberWith(2_000);
      const stranger = isOwn ? await shop.memberWith(2_000) : member;
      return {
        member,
        request: await asked(shop, member, 100),
        other: await asked(shop, member, 200),
        foreign: await asked(isOwn ? shop : corner, stranger, 100),
      };
    },
    async refused({ shop }) {
      const member = await shop.memberWith(104);
      const request = await asked(shop, member, 100);
      const allow = async (): Promise<Moving> => {
        await shop.give(member, 1);
        return request;
      };
      return { request, code: 'insufficient_points', allow };
    },
    faults({ request }) {
      return [
        [wrong(request, { currency: 'shells' }), 422, 'conversion_not_offered'],
        [wrong(request, { points: 90 }), 422, 'conversion_too_small'],
        [wrong(request, { points: 105 }), 422, 'conversion_not_in_steps'],
        [wrong(request, { points: 0 }), 400, 'invalid_request'],
        [wrong(request, { extra: 1 }), 400, 'invalid_request'],
        ...(isOwn ? [] : ofShops(request)),
      ];
    },
  };
};

const ofShops = (request: Moving): [Moving, number, string][] => [
  [wrong(request, { member: { id: nobody } }), 404, 'unknown_member'],
  [
    wrong(request, { agreement: { ...agreement, at: '2999-01-01T00:00:00Z' } }),
    422,
    'consent_in_future',
  ],
  [wrong(request, { agreement: { ...agreement, act: 'silence' } }), 400, 'invalid_request'],
];

async function held(by: Api, member: string): Promise<string> {
  const { path, body } = outOf(by, member, 100);
  return expected(await by.post<ConversionView>(path, body), 201).id;
}

/** What the partner says: a yes with its reference, or a no. */
export const answering = (how: 'confirm' | 'fail'): Doing => {
  const answer = (caller: Api, id: string): Moving => ({
    ...{ caller, path: `/v1/conversions/${id}/${how}` },
    ...(how === 'confirm' && { body: { reference: randomUUID() } }),
  });
  return {
    async prepare({ shop, corner }) {
      const member = await shop.memberWith(2_000);
      return {
        member,
        request: answer(shop, await held(shop, member)),
        other: answer(shop, await held(shop, member)),
        foreign: answer(corner, await held(shop, member)),
      };
    },
    async refused({ shop }) {
      const member = await shop.memberWith(2_000);
      const [done, open] = [await held(shop, member), await held(shop, member)];
      const path = `/v1/conversions/${done}`;
      const opposite =
        how === 'confirm'
          ? await shop.send('POST', `${path}/fail`, '')
          : await shop.post(`${path}/confirm`, { reference: randomUUID() });
      expected(opposite, 200);
      return {
        request: answer(shop, done),
        code: how === 'confirm' ? 'redemption_already_released' : 'redemption_already_captured',
        allow: () => Promise.resolve(answer(shop, open)),
      };
    },
    faults({ request }) {
      const missing: [Moving, number, string] = [
        answer(request.caller, 'cnv_none'),
        404,
        'not_found',
      ];
      if (how === 'fail') return [missing];
      return [missing, [wrong(request, { reference: '' }), 400, 'invalid_request']];
    },
  };
};

/** Units that a partner has taken. */
export const bringing: Doing = {
  async prepare(callers) {
    const { shop, corner } = callers;
    const member = await shop.enrol();
    return {
      member,
      request: inOf(corner, member, 200),
      other: inOf(corner, member, 400),
      foreign: inOf(await skies(callers), member, 200, { currency: 'stars' }),
    };
  },
  async refused({ shop, corner }) {
    const member = await shop.enrol();
    const { path, body } = inOf(corner, member, 4_000);
    expected(await corner.post(path, body), 201);
    return {
      request: inOf(corner, member, 20),
      code: 'conversion_limit_reached',
      allow: async () => inOf(corner, await shop.enrol(), 20),
    };
  },
  faults({ request, member }, { shop }) {
    return [
      [inOf(shop, member, 200), 422, 'conversion_not_offered'],
      [wrong(request, { currency: 'stars' }), 422, 'conversion_not_offered'],
      [wrong(request, { units: 10 }), 422, 'conversion_too_small'],
      [wrong(request, { units: 30 }), 422, 'conversion_not_in_steps'],
      [wrong(request, { member: { id: nobody } }), 404, 'unknown_member'],
      [wrong(request, { extra: 1 }), 400, 'invalid_request'],
      ...ofShops(request).slice(1),
    ];
  },
};

/** The other partner, with a key that staff make. */
async function skies({ shop, office }: Callers): Promise<Api> {
  const admin = await office.hire('admin');
  const scopes = ['points:convert', 'members:read'];
  const asked = { retailer: 'skies', retailerKind: 'partner', scopes };
  const { key } = expected(await admin.post<{ key: string }>('/v1/keys', asked), 201);
  return new Api(shop.url, key);
}
