import { aPurchase, Api, expected, type Answer } from './api.js';
import { apiProgramme, type Credentials } from './server.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';

/** A request that moves points, without its key. */
export interface Moving {
  caller: Api;
  path: string;
  /** Undefined = it says all in its path. */
  body?: object;
}

/** What a member is made ready for. */
export interface Prepared {
  member: string;
  /** It succeeds once. */
  request: Moving;
  /** It would succeed too: of the same caller, but not the same request. */
  other: Moving;
  /** Somebody else's request of the same operation, which succeeds. */
  foreign: Moving;
}

/** A request that the programme refuses for good, although a later one may be granted. */
export interface Refused {
  request: Moving;
  code: string;
  /** Makes a request of the same words possible, or another one if that is given. */
  allow: () => Promise<Moving>;
}

export interface Operation {
  name: string;
  /** Status of success. */
  status: number;
  /** Sent as a line of NDJSON that carries the key, and answered as one. */
  isLine?: boolean;
  prepare(callers: Callers): Promise<Prepared>;
  refused(callers: Callers): Promise<Refused>;
  /** Requests that blame themselves, with status and code; they use up no key. */
  faults(prepared: Prepared): [Moving, number, string][];
}

export interface Callers {
  shop: Api;
  /** Another retailer. */
  corner: Api;
}

export const callersOf = (url: string, { shop, corner }: Credentials): Callers => ({
  shop: new Api(url, shop),
  corner: new Api(url, corner),
});

/** Two rewards, so that the same member can ask for another one. */
export function contractProgramme(): ProgrammeDocument {
  const value = { amount: 250, currency: 'GBP' };
  return apiProgramme({
    tender: { rate: '0.5', minimumPoints: 10, step: 10, maximumShare: '1' },
    rewards: [
      { code: 'voucher', name: 'Voucher', points: 500, value },
      { code: 'mug', name: 'Mug', points: 300, value },
    ],
  });
}

/** An answer, be it of a request or of a line. */
export interface Told {
  status: number;
  code: string | undefined;
  replayed: boolean;
  retryAfter: string | null;
  /** Without what names the single request. */
  body: Record<string, unknown>;
}

/** Sends a request under a key, to the server it is prepared for or another one. */
export async function send(
  { isLine }: Pick<Operation, 'isLine'>,
  { caller, path, body }: Moving,
  key: string,
  url = caller.url,
): Promise<Told> {
  const api = caller.at(url);
  if (isLine === true) {
    const headers = { 'content-type': 'application/x-ndjson' };
    const text = `${JSON.stringify({ ...body, idempotencyKey: key })}\n`;
    const answer = await api.send<Record<string, unknown>>('POST', path, text, { headers });
    if (answer.status !== 200) return told(answer, answer.body);
    const { line: _, replayed, status, ...rest } = answer.body;
    const problem = (rest['problem'] ?? {}) as { code?: string };
    const booked = { ...answer, status: Number(status), body: rest };
    return { ...told(booked, problem), replayed: replayed === true, body: withoutRequest(rest) };
  }
  const text = body === undefined ? '' : JSON.stringify(body);
  const answer = await api.send<Record<string, unknown>>('POST', path, text, { key });
  return told(answer, answer.body);
}

function told({ status, headers, body }: Answer<Record<string, unknown>>, problem: object): Told {
  return {
    status,
    code: 'code' in problem ? String(problem.code) : undefined,
    replayed: headers.get('idempotency-replayed') === 'true',
    retryAfter: headers.get('retry-after'),
    body: withoutRequest(body),
  };
}

const withoutRequest = (body: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify({ ...body, requestId: undefined }).replace(
      /"requestId":"[^"]*"/g,
      '"requestId":""',
    ),
  ) as Record<string, unknown>;

const purchasing = (path: string): Omit<Operation, 'name' | 'status'> => ({
  async prepare({ shop, corner }) {
    const member = await shop.enrol();
    const purchase = aPurchase(member);
    return {
      member,
      request: { caller: shop, path, body: purchase },
      other: { caller: shop, path, body: aPurchase(member) },
      foreign: { caller: corner, path, body: purchase },
    };
  },
  async refused({ shop }) {
    const early = aPurchase(await shop.enrol(), { at: '2019-06-01T12:00:00Z' });
    const right = { ...early, occurredAt: aPurchase('').occurredAt };
    return {
      request: { caller: shop, path, body: early },
      code: 'before_programme_start',
      allow: () => Promise.resolve({ caller: shop, path, body: right }),
    };
  },
  faults({ request, other }) {
    const wrong = (change: object): Moving => ({
      ...request,
      body: { ...request.body, ...change },
    });
    const nobody = '0a1b2c3d-0000-4000-8000-00000000000f';
    return [
      [wrong({ extra: 1 }), 400, 'invalid_request'],
      [wrong({ member: { id: nobody } }), 404, 'unknown_member'],
      [wrong({ member: { card: '0000 0000' } }), 404, 'unknown_member'],
      [wrong({ occurredAt: '2999-01-01T00:00:00Z' }), 422, 'occurred_in_future'],
      [wrong({ total: { amount: 1, currency: 'GBP' } }), 422, 'purchase_does_not_add_up'],
      [wrong({ lines: [] }), 400, 'invalid_request'],
      [{ ...other, body: { ...other.body, reference: '' } }, 400, 'invalid_request'],
    ];
  },
});

/** Holds by the retailer name the member; by the member they need not. */
const holding = (isOwn: boolean): Omit<Operation, 'name' | 'status'> => {
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
      const wrong = (change: object): Moving => ({
        ...request,
        body: { ...request.body, ...change },
      });
      return [
        [wrong({ reward: 'castle' }), 422, 'unknown_reward'],
        [wrong({ extra: 1 }), 400, 'invalid_request'],
        [wrong({ reward: '' }), 400, 'invalid_request'],
        ...(isOwn
          ? []
          : [[wrong({ member: {} }), 400, 'invalid_request'] as [Moving, number, string]]),
      ];
    },
  };
};

const total = { amount: 10_000, currency: 'GBP' };

/** Holds of points that pay. */
const tendering: Omit<Operation, 'name' | 'status'> = {
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
    const wrong = (change: object): Moving => ({
      ...request,
      body: { ...request.body, ...change },
    });
    return [
      [wrong({ tender: { points: 505, total } }), 422, 'tender_not_in_steps'],
      [wrong({ reward: 'voucher' }), 400, 'invalid_request'],
      [wrong({ tender: { points: 0, total } }), 400, 'invalid_request'],
    ];
  },
};

const paying = (caller: Api, member: string, points: number): Moving => ({
  caller,
  path: '/v1/redemptions',
  body: { member: { id: member }, tender: { points, total } },
});

/** A capture of a part of what points were to pay. */
const paidInPart: Omit<Operation, 'name' | 'status'> = {
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
    const wrong = (amount: object): Moving => ({ ...request, body: { amount } });
    return [
      [wrong({ amount: 251, currency: 'GBP' }), 422, 'capture_exceeds_hold'],
      [wrong({ amount: 100, currency: 'EUR' }), 400, 'invalid_request'],
      [wrong({ amount: 0, currency: 'GBP' }), 400, 'invalid_request'],
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

const ending = (how: 'capture' | 'release', isOwn: boolean): Omit<Operation, 'name' | 'status'> => {
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

/**
 * Every operation that moves points. A new one is a row here, and every clause of the contract is
 * held to it.
 */
export const operations: readonly Operation[] = [
  { name: 'purchase', status: 201, ...purchasing('/v1/purchases') },
  { name: 'bulk line', status: 201, isLine: true, ...purchasing('/v1/purchases/bulk') },
  { name: 'hold', status: 201, ...holding(false) },
  { name: 'hold by the member', status: 201, ...holding(true) },
  { name: 'hold to pay', status: 201, ...tendering },
  { name: 'capture in part', status: 200, ...paidInPart },
  { name: 'capture', status: 200, ...ending('capture', false) },
  { name: 'release', status: 200, ...ending('release', false) },
  { name: 'release by the member', status: 200, ...ending('release', true) },
];
