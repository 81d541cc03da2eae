import { expected } from '../api.js';
import { limits, type Staff } from '../staff.js';
import { nobody, wrong, type Callers, type Doing, type Fault, type Moving } from './operation.js';

/** Two of the staff, whose limits nothing has used yet. */
const colleagues = async ({ office }: Callers): Promise<[Staff, Staff]> => [
  await office.hire('agent'),
  await office.hire('manager'),
];

const adjustmentOf = (caller: Staff, member: string, points: number): Moving => ({
  caller,
  path: '/v1/adjustments',
  body: { member: { id: member }, points, reason: 'goodwill' },
});

/** What one person may not do alone moves nothing yet: it asks for a second one. */
export const adjusting = (points: number): Doing => ({
  postings: Math.abs(points) > limits.fourEyesAbove ? 0 : 1,
  async prepare(callers) {
    const [ada, ben] = await colleagues(callers);
    const member = await callers.shop.memberWith(1_000);
    return {
      member,
      request: adjustmentOf(ada, member, points),
      other: adjustmentOf(ada, member, points - Math.sign(points)),
      foreign: adjustmentOf(ben, member, points),
    };
  },
  async refused(callers) {
    const [ada] = await colleagues(callers);
    const member = await callers.shop.enrol();
    if (points > 0) {
      const request = adjustmentOf(ada, member, limits.perMemberPerDay + 1);
      const allow = (): Promise<Moving> => Promise.resolve(adjustmentOf(ada, member, points));
      return { request, code: 'member_limit_reached', allow };
    }
    const request = adjustmentOf(ada, member, points);
    const allow = async (): Promise<Moving> => {
      await callers.shop.give(member, -points);
      return request;
    };
    return { request, code: 'insufficient_points', allow };
  },
  async faults({ request }, { office, shop }) {
    const own = await shop.enrol();
    if (!('id' in request.caller)) throw new Error('Staff adjust.');
    await office.users.link(String(request.caller.id), own, 'test');
    return [
      [wrong(request, { extra: 1 }), 400, 'invalid_request'],
      [wrong(request, { points: 0 }), 400, 'invalid_request'],
      [wrong(request, { reason: 'whim' }), 422, 'unknown_reason'],
      [wrong(request, { member: { id: nobody } }), 404, 'unknown_member'],
      [wrong(request, { member: { id: own } }), 403, 'own_account'],
    ];
  },
});

const renewalOf = (caller: Staff, member: string, how: string, points: number): Moving => ({
  caller,
  path: `/v1/members/${member}/${how}`,
  body: { points, lastDay: lastDayIn(9), reason: 'goodwill' },
});

/** A day so many years ahead. */
const lastDayIn = (years: number): string => `${String(new Date().getUTCFullYear() + years)}-03-31`;

/** Points that went come back, or some go later. */
export const renewing = (how: 'reinstatements' | 'extensions', points: number): Doing => ({
  postings: points > limits.fourEyesAbove ? 0 : 1,
  async prepare(callers) {
    const [ada, ben] = await colleagues(callers);
    const member = await callers.shop.memberWith(1_000);
    if (how === 'reinstatements') await callers.office.letGo(member);
    return {
      member,
      request: renewalOf(ada, member, how, points),
      other: renewalOf(ada, member, how, points - 1),
      foreign: renewalOf(ben, member, how, points),
    };
  },
  async refused(callers) {
    const [ada] = await colleagues(callers);
    const member = await callers.shop.enrol();
    const request = renewalOf(ada, member, how, limits.perMemberPerDay + 1);
    const allow = async (): Promise<Moving> => {
      await callers.shop.give(member, 1_000);
      if (how === 'reinstatements') await callers.office.letGo(member);
      return renewalOf(ada, member, how, points);
    };
    return { request, code: 'member_limit_reached', allow };
  },
  async faults({ request }, { office, shop }) {
    const own = await shop.enrol();
    if (!('id' in request.caller)) throw new Error('Staff renew points.');
    await office.users.link(String(request.caller.id), own, 'test');
    return [
      [wrong(request, { extra: 1 }), 400, 'invalid_request'],
      [wrong(request, { points: 0 }), 400, 'invalid_request'],
      [wrong(request, { lastDay: '2027-31-12' }), 400, 'invalid_request'],
      [wrong(request, { lastDay: lastDayIn(-1) }), 422, 'date_not_possible'],
      [wrong(request, { reason: 'whim' }), 422, 'unknown_reason'],
      [{ ...request, path: `/v1/members/${nobody}/${how}` }, 404, 'unknown_member'],
      [{ ...request, path: `/v1/members/${own}/${how}` }, 403, 'own_account'],
    ];
  },
});

/** A second person's yes or no; a no moves nothing. */
export const deciding = (how: 'approve' | 'reject'): Doing => {
  const decision = (caller: Staff, { id }: { id: string }): Moving => ({
    caller,
    path: `/v1/approvals/${id}/${how}`,
  });
  const approving: Pick<Doing, 'refused'> = {
    async refused(callers) {
      const [ada, ben] = await colleagues(callers);
      const member = await callers.shop.enrol();
      const request = decision(ben, await ada.ask(member, -150));
      const allow = async (): Promise<Moving> => {
        await callers.shop.give(member, 150);
        return request;
      };
      return { request, code: 'insufficient_points', allow };
    },
  };
  return {
    postings: how === 'approve' ? 1 : 0,
    async prepare(callers) {
      const [ada, ben] = await colleagues(callers);
      const member = await callers.shop.enrol();
      return {
        member,
        request: decision(ben, await ada.ask(member, 101)),
        other: decision(ben, await ada.ask(member, 102)),
        foreign: decision(ada, await ben.ask(member, 103)),
      };
    },
    ...(how === 'approve' && approving),
    async faults({ member, request, foreign }, callers) {
      const [ada, ben] = await colleagues(callers);
      const decided = await ada.ask(member, 104);
      expected(await ben.reject(decided.id), 200);
      return [
        [{ ...request, path: `/v1/approvals/apr_none/${how}` }, 404, 'not_found'],
        [{ ...request, path: decision(ben, decided).path }, 409, 'approval_decided'],
        // Who asked may withdraw, but not approve.
        ...(how === 'approve'
          ? [[{ ...request, path: foreign.path }, 403, 'self_approval'] as Fault]
          : []),
      ];
    },
  };
};
