import { expected } from '../support/api.js';
import type { Watched } from './openapi-contract.js';

/** What a programme lets members say. */
export const choices = {
  personas: [{ code: 'host', name: 'Host', description: 'Has guests.' }],
  preferences: [{ code: 'books', name: 'Books' }],
  segments: [
    {
      code: 'readers',
      name: 'Readers',
      all: [{ kind: 'preference' as const, preferences: ['books'] as [string] }],
    },
  ],
};

/** A member says who they are, in words of the programme and in others; staff read it, a shop may not. */
export async function preferenceStory(
  own: Watched,
  shop: Watched,
  staff: string,
  member: string,
): Promise<void> {
  const at = '/v1/me/preferences';
  const patch = async (change: object): Promise<number> =>
    (await own.send('PATCH', at, JSON.stringify(change))).status;
  expect(await patch({ persona: 'host', birthMonth: 5, preferences: ['books'] })).toBe(200);
  expect(await patch({ persona: 'king', preferences: ['wars'] })).toBe(422);
  expect(await patch({ birthMonth: 6 })).toBe(422);
  expect(await patch({ birthMonth: 13 })).toBe(400);
  expected(await own.get(at), 200);
  const ofMember = `/v1/members/${member}/preferences`;
  expected(await shop.as(staff).get(ofMember), 200);
  await shop.get(ofMember);
  expected(await shop.as(staff).get('/v1/segments'), 200);
  expected(await shop.as(staff).get('/v1/segments/readers/members?limit=1'), 200);
  await shop.as(staff).get('/v1/segments/none/members');
  await shop.get('/v1/segments');
  expect(await patch({ persona: null, birthMonth: null, preferences: [] })).toBe(200);
}
