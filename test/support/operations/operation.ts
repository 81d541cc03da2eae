import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import { Api, type Answer } from '../api.js';
import { apiProgramme, type Deployment } from '../server.js';
import { conversions, convertingPartners } from './currencies.js';
import { limits, reasons, type Office, type Staff } from '../staff.js';

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

/** A request that blames itself, with status and code; it uses up no key. */
export type Fault = [Moving, number, string];

export interface Operation {
  name: string;
  /** Status of success. */
  status: number;
  /** Sent as a line of NDJSON that carries the key, and answered as one. */
  isLine?: boolean;
  /** Books a purchase, under a reference that is its retailer's for ever. */
  refers?: boolean;
  /** Postings that a success leaves; 1 when left out. */
  postings?: number;
  prepare(callers: Callers): Promise<Prepared>;
  /** Left out where nothing but faults of the request stands in the way of it. */
  refused?: (callers: Callers) => Promise<Refused>;
  faults(prepared: Prepared, callers: Callers): Fault[] | Promise<Fault[]>;
}

export type Doing = Omit<Operation, 'name' | 'status'>;

/** The same request with other fields. */
export const wrong = (request: Moving, change: object): Moving => ({
  ...request,
  body: { ...request.body, ...change },
});

export const nobody = '0a1b2c3d-0000-4000-8000-00000000000f';

export interface Callers {
  shop: Api;
  /** Another retailer. */
  corner: Api;
  /** Staff who may read, and move no points at all. */
  auditor: Staff;
  office: Office;
}

/** All of them at one server; staff are hired as they are needed. */
export async function callersOf(
  { credentials }: Deployment,
  office: Office,
  url: string,
): Promise<Callers> {
  const { shop, corner } = credentials;
  const auditor = await office.hire('auditor');
  return { shop: new Api(url, shop), corner: new Api(url, corner), auditor, office };
}

/** What a member gets for coming. */
const visits: ProgrammeDocument['earningRules'][number] = {
  ...{ kind: 'per_activity', id: 'visits', name: 'For a visit', points: 5, coolDownHours: 1 },
  when: [{ kind: 'activity', activities: ['visit'] }],
  caps: [{ period: 'lifetime', points: 1_000 }],
};

/** Members give each other what they earned a month ago. */
export const transfers: NonNullable<ProgrammeDocument['transfers']> = {
  minimumPoints: 10,
  fee: 5,
  perDay: 1_000,
  perYear: 5_000,
  receivedPerYear: 5_000,
  coolDownHours: 0,
  lotAgeDays: 30,
};

const fair: NonNullable<ProgrammeDocument['coupons']>[number] = {
  ...{ code: 'fair', name: 'Fair', points: 20, until: '2090-12-31' },
  ...{ budget: 100_000, perMember: 9 },
};

export const pointSales: NonNullable<ProgrammeDocument['pointSales']> = {
  ...{ price: '2', minimumPoints: 100, step: 100, perYear: 5_000, refundDays: 14 },
  packages: [{ points: 1_000, price: 1_900 }],
};

/** Points a day of which no more can be spent before somebody has looked. */
export const MOST_A_DAY = 50_000;

/** Two rewards, so that the same member can ask for another one, and staff with their limits. */
export function contractProgramme(): ProgrammeDocument {
  const value = { amount: 250, currency: 'GBP' };
  return apiProgramme({
    earningRules: [...apiProgramme().earningRules, visits],
    tender: { rate: '0.5', minimumPoints: 10, step: 10, maximumShare: '1' },
    rewards: [
      { code: 'voucher', name: 'Voucher', points: 500, value },
      { code: 'mug', name: 'Mug', points: 300, value },
      { code: 'parcel', name: 'Parcel', points: 400, value, delivered: true },
      { code: 'slip', name: 'Slip', points: 400, value, kind: 'discount_voucher' },
    ],
    staff: { reasons, ...limits },
    coupons: [fair],
    giftCaps: [{ period: 'lifetime', points: 1_000 }],
    transfers,
    pointSales,
    partners: convertingPartners,
    // Beyond what any of the others earns.
    guards: { velocity: [{ counts: 'points', most: MOST_A_DAY, per: 'day', holdHours: 720 }] },
    returnWindowDays: 14,
    conversions,
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
