import { aPurchase, daysAgo, type PurchaseBody } from '../support/api.js';

/** What the requests of the table can name: people, an earlier purchase and a hold. */
export interface World {
  member: string;
  otherMember: string;
  card: string;
  reference: string;
  redemption: string;
  posting: string;
  otherPosting: string;
}

export interface BadRequest {
  what: string;
  path?: string | undefined;
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | undefined;
  /** The body as text, or what is done to a sound purchase. */
  text?: string;
  change?: (purchase: PurchaseBody) => object;
  headers?: Record<string, string>;
  as?: 'nobody' | 'shop' | 'till' | 'staff' | 'stranger' | undefined;
  status: number;
  code: string;
  /** Of the first fault; none is named when left out. */
  pointer?: string;
}

export type Requests = (world: World) => BadRequest[];

export const invalid = { status: 400, code: 'invalid_request' };
export const notJson = { status: 400, code: 'invalid_json' };
const unsound = { status: 422, code: 'purchase_does_not_add_up' };

const line = { category: 'home', quantity: 1, amount: 10_000 };

/** A sound purchase with its amount or another piece of text written otherwise. */
export function written({ member }: World, sought: string, text: string): string {
  const sound = JSON.stringify(aPurchase(member, { amount: 10_000 }));
  if (!sound.includes(sought)) throw new Error(`${sought} is not in ${sound}`);
  return sound.replace(sought, text);
}

export const numbers: Requests = (world) => [
  ...['-1', '-0', '0.5', '1.5', '10000.0000001', '9007199254740993', '1000000000001'].map(
    (text) => ({
      what: `an amount of ${text}`,
      text: written(world, '"amount":10000}]', `"amount":${text}}]`),
      ...invalid,
      pointer: '/lines/0/amount',
    }),
  ),
  ...['"1"', '[]', '[1]', '{}', 'null', 'true', '""'].flatMap((text) => [
    {
      what: `an amount of ${text}`,
      text: written(world, '"amount":10000}]', `"amount":${text}}]`),
      ...invalid,
      pointer: '/lines/0/amount',
    },
    {
      what: `a total of ${text}`,
      text: written(world, '"amount":10000,', `"amount":${text},`),
      ...invalid,
      pointer: '/total/amount',
    },
  ]),
  ...['1e400', '1e2', '1E2', '-1e-400'].map((text) => ({
    what: `an amount of ${text}`,
    text: written(world, '"amount":10000}]', `"amount":${text}}]`),
    ...notJson,
  })),
  ...['NaN', 'Infinity', '0x10', '010', '+1', '1.', '.5', '1_000', '1n', ''].map((text) => ({
    what: `an amount of ${text || 'nothing'}`,
    text: written(world, '"amount":10000}]', `"amount":${text}}]`),
    ...notJson,
  })),
  ...['0', '-1', '1.5', '1000001', '"1"', 'null'].map((text) => ({
    what: `a quantity of ${text}`,
    text: written(world, '"quantity":1', `"quantity":${text}`),
    ...invalid,
    pointer: '/lines/0/quantity',
  })),
];

export const shapes: Requests = (world) => [
  ...['null', '[]', '1', '"x"', 'true'].map((text) => ({
    what: `a body of ${text}`,
    text,
    ...invalid,
    pointer: '',
  })),
  { what: 'an empty body', text: '', ...invalid, pointer: '' },
  {
    what: 'an unknown field',
    change: (purchase) => ({ ...purchase, points: 1_000_000 }),
    ...invalid,
    pointer: '/points',
  },
  {
    what: 'an unknown field of a line',
    change: (purchase) => ({ ...purchase, lines: [{ ...line, multiplier: 9 }] }),
    ...invalid,
    pointer: '/lines/0/multiplier',
  },
  {
    what: 'an unknown field of the member',
    change: (purchase) => ({ ...purchase, member: { card: '1234', tier: 'gold' } }),
    ...invalid,
    pointer: '/member/tier',
  },
  {
    what: 'an unknown field with odd characters in its name',
    change: (purchase) => ({ ...purchase, 'a/b~c': 1 }),
    ...invalid,
    pointer: '/a~1b~0c',
  },
  {
    what: 'lines that are an object',
    change: (purchase) => ({ ...purchase, lines: { 0: line } }),
    ...invalid,
    pointer: '/lines',
  },
  {
    what: 'a line that is null',
    change: (purchase) => ({ ...purchase, lines: [line, null] }),
    ...invalid,
    pointer: '/lines',
  },
  {
    what: 'no lines',
    change: (purchase) => ({ ...purchase, lines: [] }),
    ...invalid,
    pointer: '/lines',
  },
  {
    what: '1,001 lines',
    change: (purchase) => ({
      ...purchase,
      total: { amount: 1_001, currency: 'GBP' },
      lines: Array.from({ length: 1_001 }, () => ({ ...line, amount: 1 })),
    }),
    ...invalid,
    pointer: '/lines',
  },
  {
    what: 'no reference',
    change: ({ reference, ...rest }) => rest,
    ...invalid,
    pointer: '/reference',
  },
  {
    what: 'an optional field that is null',
    change: (purchase) => ({ ...purchase, location: null }),
    ...invalid,
    pointer: '/location',
  },
  ...['\\ud800', '\\udfff', 'a\\u0000b', '\\u0007', '\\u009f', '\\n'].map((text) => ({
    what: `a reference with ${text} in it`,
    text: written(world, '"reference":"', `"reference":"${text}`),
    ...invalid,
    pointer: '/reference',
  })),
  {
    what: 'a card with a NUL in it',
    change: (purchase) => ({ ...purchase, member: { card: '1234\u00005678' } }),
    ...invalid,
    pointer: '/member/card',
  },
  ...['toString', 'hasOwnProperty', 'constructor', 'prototype'].map((name) => ({
    what: `a field called ${name}`,
    change: (purchase: PurchaseBody) => ({ ...purchase, [name]: 'x' }),
    ...invalid,
    pointer: `/${name}`,
  })),
];

export const times: Requests = () =>
  [
    '2026-03-01T09:30:00',
    '2026-03-01',
    '2026-02-30T12:00:00Z',
    '2025-02-29T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T12:60:00Z',
    '2026-03-01T23:59:60Z',
    '2026-03-01T12:00:00+15:00',
    '2026-03-01 12:00:00Z',
    '1772352000000',
    'yesterday',
    '',
  ]
    .map<BadRequest>((occurredAt) => ({
      what: `a purchase at ${occurredAt || 'no time'}`,
      change: (purchase) => ({ ...purchase, occurredAt }),
      ...invalid,
      pointer: '/occurredAt',
    }))
    .concat(
      [daysAgo(-0.01), daysAgo(-1), '2999-12-31T23:59:59Z'].map((occurredAt) => ({
        what: `a purchase of the future, ${occurredAt.slice(0, 4)}`,
        change: (purchase) => ({ ...purchase, occurredAt }),
        status: 422,
        code: 'occurred_in_future',
        pointer: '/occurredAt',
      })),
    );

export const arithmetic: Requests = () => [
  {
    what: 'another currency',
    change: (purchase) => ({ ...purchase, total: { amount: 10_000, currency: 'EUR' } }),
    ...unsound,
    pointer: '/total/currency',
  },
  {
    what: 'a total that the lines do not sum to',
    change: (purchase) => ({ ...purchase, total: { amount: 10_001, currency: 'GBP' } }),
    ...unsound,
    pointer: '/total/amount',
  },
  {
    what: 'tenders that do not sum to the total',
    change: (purchase) => ({ ...purchase, tenders: [{ kind: 'card', amount: 9_999 }] }),
    ...unsound,
    pointer: '/tenders',
  },
  {
    what: 'no tenders in a list of them',
    change: (purchase) => ({ ...purchase, tenders: [] }),
    ...invalid,
    pointer: '/tenders',
  },
  {
    what: 'tax above the amount',
    change: (purchase) => ({ ...purchase, lines: [{ ...line, tax: 10_001 }] }),
    ...unsound,
    pointer: '/lines/0/tax',
  },
  {
    what: 'a line id twice',
    change: (purchase) => ({
      ...purchase,
      total: { amount: 20_000, currency: 'GBP' },
      lines: [
        { ...line, id: 'a' },
        { ...line, id: 'a' },
      ],
    }),
    ...unsound,
    pointer: '/lines/1/id',
  },
];
