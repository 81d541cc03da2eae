import { expected, type Api } from '../api.js';
import { nobody, wrong, type Doing, type Moving } from './operation.js';

/** The same server as a member who may give points away. */
export async function asGiver(by: Api, member: string): Promise<Api> {
  const scopes = ['me:read', 'me:transfer'];
  const answer = await by.post<{ token: string }>(`/v1/members/${member}/tokens`, { scopes });
  return by.as(expected(answer, 201).token);
}

/** Points of one member for another. */
export const giving: Doing = {
  async prepare({ shop }) {
    const member = await shop.memberWith(2_000);
    const receiver = await shop.enrol();
    return {
      member,
      request: await gift(shop, member, receiver, 100),
      other: await gift(shop, member, receiver, 200),
      foreign: await gift(shop, await shop.memberWith(1_000), receiver, 100),
    };
  },
  async refused({ shop }) {
    const member = await shop.memberWith(104);
    const request = await gift(shop, member, await shop.enrol(), 100);
    const allow = async (): Promise<Moving> => {
      await shop.give(member, 1);
      return request;
    };
    return { request, code: 'insufficient_points', allow };
  },
  faults({ request, member }) {
    return [
      [wrong(request, { member: { id: nobody } }), 404, 'unknown_member'],
      [wrong(request, { member: { id: member } }), 422, 'transfer_to_self'],
      [wrong(request, { points: 9 }), 422, 'transfer_too_small'],
      [wrong(request, { points: 0 }), 400, 'invalid_request'],
      [wrong(request, { points: 10.5 }), 400, 'invalid_request'],
      [wrong(request, { member: {} }), 400, 'invalid_request'],
      [wrong(request, { member: { email: 'a@b.example' } }), 400, 'invalid_request'],
    ];
  },
};

const gift = async (by: Api, from: string, to: string, points: number): Promise<Moving> => ({
  caller: await asGiver(by, from),
  path: '/v1/me/transfers',
  body: { member: { id: to }, points },
});
