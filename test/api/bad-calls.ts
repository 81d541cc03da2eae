import { randomUUID } from 'node:crypto';
import { aPurchase, consent, daysAgo, type PurchaseBody } from '../support/api.js';
import { invalid, notJson, written, type BadRequest, type Requests } from './bad-purchases.js';

const notFound = { status: 404, code: 'not_found' };
const unreadable = { status: 415, code: 'unsupported_media_type' };

export const members: Requests = ({ member, card, reference }) => [
  {
    what: 'an unknown member id',
    change: (purchase) => ({ ...purchase, member: { id: randomUUID() } }),
    status: 404,
    code: 'unknown_member',
    pointer: '/member',
  },
  ...[member.toUpperCase(), `{${member.slice(2)}}`, '0'.repeat(36)].map((id, index) => ({
    what: `a member id that is none, number ${index}`,
    change: (purchase: PurchaseBody) => ({ ...purchase, member: { id } }),
    status: 404,
    code: 'unknown_member',
    pointer: '/member',
  })),
  ...[{ card: '0000 0000 0000' }, { email: 'nobody@example.com' }, { phone: '+44 0000' }].map(
    (unknown) => ({
      what: `an unknown ${Object.keys(unknown).join()}`,
      change: (purchase: PurchaseBody) => ({ ...purchase, member: unknown }),
      status: 404,
      code: 'unknown_member',
      pointer: '/member',
    }),
  ),
  ...[{}, { id: member, card }].map((named) => ({
    what: `a member named in ${Object.keys(named).length} ways`,
    change: (purchase: PurchaseBody) => ({ ...purchase, member: named }),
    ...invalid,
    pointer: '/member',
  })),
  {
    what: 'a reference that is booked',
    change: (purchase) => ({ ...purchase, reference }),
    status: 409,
    code: 'duplicate_reference',
    pointer: '/reference',
  },
  {
    what: 'a redemption for an unknown member',
    path: '/v1/redemptions',
    text: JSON.stringify({ member: { id: randomUUID() }, reward: 'voucher' }),
    status: 404,
    code: 'unknown_member',
    pointer: '/member',
  },
];

const enrolment = { path: '/v1/members' };

export const enrolments: Requests = ({ card }) => [
  {
    what: 'an enrolment without consent',
    ...enrolment,
    text: '{"name":"Ada"}',
    status: 422,
    code: 'consent_required',
    pointer: '/consent',
  },
  {
    what: 'consent of the future',
    ...enrolment,
    text: JSON.stringify({ consent: { ...consent(), at: daysAgo(-1) } }),
    status: 422,
    code: 'consent_in_future',
    pointer: '/consent/at',
  },
  {
    what: 'consent by silence',
    ...enrolment,
    text: JSON.stringify({ consent: { ...consent(), act: 'pre_ticked_box' } }),
    ...invalid,
    pointer: '/consent/act',
  },
  {
    what: 'consent without the text agreed to',
    ...enrolment,
    text: JSON.stringify({ consent: { ...consent(), textVersion: undefined } }),
    ...invalid,
    pointer: '/consent/textVersion',
  },
  {
    what: 'a card that belongs to another member',
    ...enrolment,
    text: JSON.stringify({ card: ` ${card}`.trim(), consent: consent() }),
    status: 409,
    code: 'already_enrolled',
    pointer: '/card',
  },
  {
    what: 'a card of punctuation only',
    ...enrolment,
    text: JSON.stringify({ card: '- - -', consent: consent() }),
    ...invalid,
    pointer: '/card',
  },
  {
    what: 'a phone of punctuation only',
    ...enrolment,
    text: JSON.stringify({ phone: '(.-.-)', consent: consent() }),
    ...invalid,
    pointer: '/phone',
  },
  {
    what: 'an e-mail without a domain',
    ...enrolment,
    text: JSON.stringify({ email: 'ada@', consent: consent() }),
    ...invalid,
    pointer: '/email',
  },
];

/** Numbers of postings that are not there: 2^31 and above do not fit the column either. */
const absent = [0, 2_000_000_000, 2_147_483_648, 4_294_967_295];

export const lookUps: Requests = (world) => [
  {
    what: 'an unknown reward',
    path: '/v1/redemptions',
    text: JSON.stringify({ member: { id: world.member }, reward: 'castle' }),
    status: 422,
    code: 'unknown_reward',
    pointer: '/reward',
  },
  ...absent.flatMap((seq) => {
    const redemption = numbered(world.redemption, seq);
    const posting = numbered(world.posting, seq);
    return [
      { method: 'GET' as const, path: `/v1/redemptions/${redemption}` },
      { method: 'GET' as const, path: `/v1/purchases/pur${posting.slice(3)}` },
      { method: 'GET' as const, path: `/v1/postings/${posting}/explanation` },
      { path: `/v1/redemptions/${redemption}/capture`, text: '' },
      { path: `/v1/redemptions/${redemption}/release`, text: '' },
    ].map((request, index) => ({
      what: `number ${seq} of a member who has no such, door ${index}`,
      ...request,
      ...notFound,
    }));
  }),
  ...[
    `/v1/redemptions/${world.redemption.slice(0, -1)}`,
    `/v1/redemptions/${world.redemption}A`,
    `/v1/redemptions/${world.posting}`,
    '/v1/redemptions/rdm_',
    '/v1/redemptions/rdm_%00',
    `/v1/redemptions/rdm_${'A'.repeat(300)}`,
    `/v1/purchases/${world.posting}`,
    `/v1/postings/${world.redemption}/explanation`,
    '/v1/postings/pst_AAAA/explanation',
    '/v1/nothing',
  ].map((path, index) => ({
    what: `GET of an id that is none, number ${index}`,
    method: 'GET' as const,
    path,
    ...notFound,
  })),
  ...['', '/balance', '/standing', '/ledger'].flatMap((rest) =>
    [randomUUID(), 'me', world.member.toUpperCase()].map((id, index) => ({
      what: `GET ${rest || 'the view'} of unknown member ${index}`,
      method: 'GET' as const,
      path: `/v1/members/${id}${rest}`,
      status: 404,
      code: 'unknown_member',
      pointer: '/member',
    })),
  ),
  ...[world.otherPosting, numbered(world.posting, 4e9), world.redemption, 'x', ' '].map(
    (cursor, index) => ({
      what: `a cursor of another member or none, number ${index}`,
      method: 'GET' as const,
      path: `/v1/members/${world.member}/ledger?cursor=${cursor}`,
      ...invalid,
      pointer: '/cursor',
    }),
  ),
  ...['0', '201', '-1', '1.5', 'many', '1&limit=2'].map((limit) => ({
    what: `a page of ${limit}`,
    method: 'GET' as const,
    path: `/v1/members/${world.member}/ledger?limit=${limit}`,
    ...invalid,
    pointer: '/limit',
  })),
  ...[
    ['2999-01-01T00:00:00Z', 422, 'as_of_in_future'],
    ['yesterday', 400, 'invalid_request'],
    ['2026-01-01', 400, 'invalid_request'],
  ].map(([asOf, status, code]) => ({
    what: `a balance as of ${String(asOf)}`,
    method: 'GET' as const,
    path: `/v1/members/${world.member}/balance?asOf=${String(asOf)}`,
    status: Number(status),
    code: String(code),
    pointer: '/asOf',
  })),
];

/** The same id with another number: one that is not there yet, or one that none will ever have. */
function numbered(id: string, seq: number): string {
  const bytes = Buffer.from(id.slice(4), 'base64url');
  bytes.writeUInt32BE(seq, 16);
  return `${id.slice(0, 4)}${bytes.toString('base64url')}`;
}

/** Fields that would reach an object's prototype, one to three levels deep. */
function poisoned(poison: string): [string, (sound: string) => string][] {
  return [
    ['in the body', (sound) => sound.replace('{', `{${poison},`)],
    ['last in the body', (sound) => sound.replace(/\}$/, `,${poison}}`)],
    ['in the member', (sound) => sound.replace('"member":{', `"member":{${poison},`)],
    ['in a line', (sound) => sound.replace('"lines":[{', `"lines":[{${poison},`)],
    ['in an unknown field', (sound) => sound.replace('{', `{"a":{"b":{${poison}}},`)],
  ];
}

export const json: Requests = ({ member }) => {
  const sound = JSON.stringify(aPurchase(member));
  const rows: [string, string][] = [
    ...[
      '"__proto__":{"points":1}',
      '"__proto__":null',
      '"\\u005f_proto__":{"points":1}',
      '"constructor":{"prototype":{"points":1}}',
    ].flatMap((poison) =>
      poisoned(poison).map(([where, into]): [string, string] => [
        `${poison} ${where}`,
        into(sound),
      ]),
    ),
    ['a field twice', sound.replace('{', '{"reference":"a",')],
    ['a field twice, once escaped', sound.replace('{', '{"\\u0072eference":"a",')],
    ['a field of the member twice', sound.replace('"member":{', `"member":{"id":"${member}",`)],
    ['half a body', sound.slice(0, -1)],
    ['two bodies', `${sound}${sound}`],
    ['a comment', `${sound}/* */`],
    ['single quotes', sound.replaceAll('"', "'")],
    ['a byte order mark', `\ufeff${sound}`],
    ['17 levels', sound.replace('{', `{"a":${'['.repeat(17)}${']'.repeat(17)},`)],
    ['100,000 levels', sound.replace('{', `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)},`)],
    ['100,000 open brackets', '['.repeat(1e5)],
  ];
  return rows.map(([what, text]) => ({ what, text, ...notJson }));
};

const same = (purchase: PurchaseBody): object => purchase;

export const transport: Requests = (world) => [
  ...[
    'application/json garbage',
    'application/json\ta',
    'application/json;',
    'application/json; charset=utf-16',
    'application/json, application/json',
    'application/jsonp',
    'application/x-ndjson',
    'text/plain',
    'multipart/form-data; boundary=x',
  ].map((type) => ({
    what: `the content type ${JSON.stringify(type)}`,
    change: same,
    headers: { 'content-type': type },
    ...unreadable,
  })),
  ...['gzip', 'GZIP', 'br', 'deflate', 'identity, gzip', 'x'].map((encoding) => ({
    what: `the content encoding ${encoding}`,
    change: same,
    headers: { 'content-encoding': encoding },
    status: 415,
    code: 'unsupported_encoding',
  })),
  {
    what: 'a body above 256 KiB',
    text: written(world, '"reference":"', `"reference":"${'x'.repeat(262_144)}`),
    status: 413,
    code: 'payload_too_large',
  },
  {
    what: 'JSON for the bulk route',
    path: '/v1/purchases/bulk',
    change: same,
    ...unreadable,
  },
];

const unauthenticated = { status: 401, code: 'unauthenticated' };
const forbidden = { status: 403, code: 'forbidden' };

export const access: Requests = ({ member, redemption, posting }) => [
  { what: 'no credential', change: same, as: 'nobody', ...unauthenticated },
  { what: 'a key of nobody', change: same, as: 'stranger', ...unauthenticated },
  ...['Bearer x', 'Bearer ', 'Basic eDp5', 'Bearer eyJhbGciOiJub25lIn0.e30.'].map(
    (authorization) => ({
      what: `the credential ${authorization}`,
      change: same,
      headers: { authorization },
      ...unauthenticated,
    }),
  ),
  ...[
    ['till', 'POST', '/v1/members'],
    ['till', 'POST', '/v1/redemptions'],
    ['till', 'POST', `/v1/redemptions/${redemption}/capture`],
    ['till', 'POST', `/v1/members/${member}/tokens`],
    ['till', 'GET', `/v1/members/${member}/balance`],
    ['till', 'GET', `/v1/postings/${posting}/explanation`],
    ['staff', 'POST', '/v1/purchases'],
    ['staff', 'POST', '/v1/redemptions'],
    ['staff', 'POST', `/v1/members/${member}/tokens`],
    ['shop', 'GET', '/v1/me/balance'],
    ['shop', 'POST', '/v1/me/redemptions'],
    ['shop', 'GET', '/v1/programme'],
    ['shop', 'POST', '/v1/programme/versions'],
    ['shop', 'POST', '/v1/programme/versions/1/restore'],
    ['shop', 'GET', '/v1/programme/draft'],
    ['till', 'PUT', '/v1/programme/draft'],
    ['shop', 'DELETE', '/v1/programme/draft'],
    ['shop', 'POST', '/v1/programme/draft/publish'],
    ['shop', 'POST', '/v1/programme/plan'],
    ['shop', 'GET', '/v1/programme/draft/plan'],
    ['till', 'GET', '/v1/programme/diff'],
    ['shop', 'GET', '/v1/keys'],
  ].map(([as = '', method = '', path = ''], index) => ({
    what: `${as} at a door that is not theirs, ${method} number ${index}`,
    as: as as BadRequest['as'],
    method: method as BadRequest['method'],
    path,
    ...(method === 'POST' && { change: same }),
    ...forbidden,
  })),
];
