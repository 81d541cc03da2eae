import fc from 'fast-check';
import { bodyHash, canonical } from '../../src/platform/http/canonical.js';
import { DomainError } from '../../src/platform/http/domain-error.js';
import {
  Document,
  Flag,
  Instant,
  ListOf,
  ListOfText,
  Minor,
  Nested,
  OneOf,
  Optional,
  Clearable,
  SomeOf,
  Text,
  WholeNumber,
} from '../../src/platform/http/field.decorator.js';
import { parseJson } from '../../src/platform/http/json.js';
import { faultsOf, shapeOf, validated } from '../../src/platform/http/shape.reader.js';
import { checkerOf, type RequestClass } from '../../src/platform/validation/field-table.js';

class Money {
  @Minor()
  amount: number;

  @Text(3, 3, /^[A-Z]{3}$/)
  currency: string;
}

class Line {
  @Text(1, 10)
  category: string;

  @WholeNumber(1, 1_000)
  quantity: number;

  @Minor()
  amount: number;

  @Optional()
  @Nested(() => Money)
  fee?: Money;
}

class Base {
  @Text(1, 20)
  reference: string;
}

class Purchase extends Base {
  @Instant()
  occurredAt: string;

  @Nested(() => Money)
  total: Money;

  @ListOf(() => Line, 1, 3)
  lines: Line[];

  @OneOf(['till', 'web'])
  channel: string;

  // Below its field's decorator on purpose: the order must not matter.
  @Flag()
  @Optional()
  urgent?: boolean;

  @Optional()
  @SomeOf(['a', 'b', 'c'], 1, 2)
  tags?: string[];

  @Optional()
  @ListOfText({ min: 1, max: 5 }, 0, 2)
  notes?: string[];

  @Optional()
  @Document()
  extra?: object;

  @Clearable()
  @WholeNumber(1, 12)
  month?: number | null;
}

class Page {
  @Optional()
  @WholeNumber(1, 200)
  limit?: number;

  @Optional()
  @Flag()
  draft?: boolean;
}

const good = (): Record<string, unknown> => ({
  reference: 'till-1',
  occurredAt: '2026-11-23T10:15:00+01:00',
  total: { amount: 300, currency: 'GBP' },
  lines: [
    { category: 'garden', quantity: 1, amount: 100 },
    { category: 'tools', quantity: 2, amount: 200, fee: { amount: 0, currency: 'EUR' } },
  ],
  channel: 'till',
});

function codesOf(body: unknown): string[] {
  try {
    validated(Purchase, body);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error.code).toBe('invalid_request');
    return error.faults.map(({ pointer, code }) => `${pointer} ${code}`);
  }
}

describe('V1: a request class is the one source of what a body may be', () => {
  it('V1: an acceptable body comes back as the object it is', () => {
    const body = good();
    expect(validated(Purchase, body)).toBe(body);
  });

  it.each([
    ['/total/amount', -1, 'is_in_range'],
    ['/total/amount', -0, 'is_integer'],
    ['/total/amount', 1.5, 'is_integer'],
    ['/total/amount', '1', 'is_integer'],
    ['/total/amount', 2 ** 53, 'is_in_range'],
    ['/total/amount', 1e12 + 1, 'is_in_range'],
    ['/total/amount', Infinity, 'is_integer'],
    ['/total/amount', NaN, 'is_integer'],
    ['/total/amount', null, 'is_integer'],
    ['/total/amount', [], 'is_integer'],
    ['/total/amount', true, 'is_integer'],
    ['/total', null, 'is_object'],
    ['/total', [], 'is_object'],
    ['/total', 'x', 'is_object'],
    ['/lines', { 0: {} }, 'is_list'],
    ['/lines', [], 'has_size'],
    ['/lines', [null], 'each_is_object'],
    ['/lines', [[]], 'each_is_object'],
    ['/lines', ['x'], 'each_is_object'],
    ['/lines/1/fee', null, 'is_object'],
    ['/lines/1/fee/currency', 'gbp', 'has_pattern'],
    ['/reference', '', 'has_length'],
    ['/reference', 'a\u0000b', 'is_printable'],
    ['/reference', 'a\ud800b', 'is_printable'],
    ['/reference', 'a\nb', 'is_printable'],
    ['/reference', 5, 'is_text'],
    ['/channel', 'Till', 'is_one_of'],
    ['/channel', ['till'], 'is_one_of'],
    ['/urgent', 'true', 'is_flag'],
    ['/urgent', null, 'is_flag'],
    ['/tags', ['a', 'a'], 'is_distinct'],
    ['/tags', ['d'], 'each_is_one_of'],
    ['/notes', ['longer than five'], 'each_has_length'],
    ['/extra', [], 'is_object'],
    ['/occurredAt', '2026-02-29T00:00:00Z', 'is_instant'],
    ['/occurredAt', '2026-11-23T10:15:00', 'is_instant'],
    ['/occurredAt', '2026-11-23', 'is_instant'],
    ['/occurredAt', '0000-01-01T00:00:00Z', 'is_instant'],
    ['/occurredAt', '2026-11-23T24:00:00Z', 'is_instant'],
    ['/occurredAt', '2026-11-31T10:00:00Z', 'is_instant'],
    ['/occurredAt', 1_700_000_000, 'is_instant'],
  ])('V2: %s = %j is refused at its own pointer as %s', (pointer, value, code) => {
    expect(codesOf(changed(good(), pointer, value))).toEqual([`${pointer} ${code}`]);
  });

  it.each([
    ['2024-02-29T23:59:59.123456789-14:00'],
    ['2000-02-29T00:00:00Z'],
    ['1900-01-01T00:00:00+05:45'],
  ])('V2: %s is a time that exists', (text) => {
    expect(codesOf(changed(good(), '/occurredAt', text))).toEqual([]);
  });

  it('V2: length counts characters, not halves of them', () => {
    expect(codesOf(changed(good(), '/reference', '🎁'.repeat(20)))).toEqual([]);
    expect(codesOf(changed(good(), '/reference', '🎁'.repeat(21)))).toEqual([
      '/reference has_length',
    ]);
  });

  it('V3: an unknown field is refused wherever it is, whatever it is called', () => {
    const names = ['id', 'constructor', 'toString', 'hasOwnProperty', 'then', 'a/b~c', ''];
    for (const name of names) {
      const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
      expect(codesOf({ ...good(), [name]: 1 })).toEqual([`/${escaped} unknown_field`]);
      const inLine = good();
      inLine['lines'] = [{ category: 'x', quantity: 1, amount: 1, [name]: 'y' }];
      expect(codesOf(inLine)).toEqual([`/lines/0/${escaped} unknown_field`]);
    }
  });

  it('V3: a missing field is a fault unless it is optional', () => {
    const body = good();
    delete body['channel'];
    delete body['reference'];
    expect(codesOf(body).sort()).toEqual(['/channel is_one_of', '/reference is_text']);
  });

  it('V3: null takes back only what may be taken back', () => {
    expect(codesOf({ ...good(), month: null })).toEqual([]);
    expect(codesOf({ ...good(), month: 12 })).toEqual([]);
    expect(codesOf({ ...good(), month: 13 })).toEqual(['/month is_in_range']);
    expect(codesOf({ ...good(), month: '1' })).toEqual(['/month is_integer']);
  });

  it('V3: a body that is no object is one fault', () => {
    for (const body of [undefined, null, [], 'x', 5, true]) {
      expect(codesOf(body)).toEqual([' is_object']);
    }
  });

  it('V4: a hostile body costs little and answers with at most fifty faults', () => {
    const body = { ...good(), lines: Array.from({ length: 50_000 }, () => ({ a: 1, b: 2 })) };
    const start = performance.now();
    expect(codesOf(body).length).toBeLessThanOrEqual(50);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('V5: the fast check and class-validator accept and refuse the same bodies', () => {
    fc.assert(
      fc.property(mutatedBody, (body) => {
        expect(checkerOf(Purchase)(body)).toBe(faultsOf(Purchase, body).length === 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('V5: a class without fields cannot be used to wave a body through', () => {
    expect(() => validated(Date, {})).toThrow('Date has no fields');
  });

  it('V6: numbers and flags of a query are read, and a parameter given twice is refused', () => {
    const shape = shapeOf(Page, undefined);
    const read = (query: object): unknown => {
      const request = { params: {}, query, body: undefined };
      shape(request);
      return request.query;
    };
    expect(read({ limit: '20', draft: 'true' })).toEqual({ limit: 20, draft: true });
    expect(read({})).toEqual({});
    for (const query of [
      { limit: ['1', '2'] },
      { limit: '01' },
      { limit: '1e2' },
      { limit: '0' },
      { draft: 'yes' },
      { other: '1' },
      JSON.parse('{"__proto__":"1"}'),
    ] as object[]) {
      expect(() => read(query)).toThrow(DomainError);
    }
  });

  it('V6: a path parameter that nothing can be called is not found, not an error', () => {
    const shape = shapeOf(undefined, undefined);
    for (const id of ['a\u0000', 'x'.repeat(201), '\ud800']) {
      const request = { params: { first: 'x', id }, query: {}, body: undefined };
      expect(() => shape(request)).toThrow(codeOf('not_found'));
    }
  });

  it('V6: a body may be missing where all of its fields may', () => {
    const given = (type: RequestClass, body: unknown): unknown => {
      const request = { params: {}, query: {}, body };
      shapeOf(undefined, type)(request);
      return request.body;
    };
    expect(given(Page, undefined)).toEqual({});
    expect(() => given(Page, null)).toThrow(codeOf('invalid_request'));
    expect(() => given(Purchase, undefined)).toThrow(codeOf('invalid_request'));
  });
});

describe('V7: JSON is read strictly', () => {
  it.each([
    ['a field given twice', '{"a":1,"a":2}'],
    ['a field given twice, once escaped', '{"a":[{"b":1,"\\u0062":2}]}'],
    ['__proto__', '{"__proto__":{"x":1}}'],
    ['__proto__ further down', '{"a":{"b":{"__proto__":1}}}'],
    ['__proto__ escaped', '{"\\u005f_proto__":{"x":1}}'],
    ['constructor.prototype', '{"constructor":{"prototype":{"x":1}}}'],
    ['an exponent', '{"a":1e3}'],
    ['a large exponent', '{"a":1E3}'],
    ['half an object', '{"a":'],
    ['nothing', ''],
    ['something after the end', '{"a":1}x'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['NaN', '{"a":NaN}'],
    ['seventeen levels', `${'['.repeat(17)}${']'.repeat(17)}`],
    ['a hundred thousand levels', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('V7: %s is refused', (_, text) => {
    expect(() => parseJson(text)).toThrow(codeOf('invalid_json'));
  });

  it('V7: whatever JSON.stringify writes without exponents is read back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\de|__proto__|constructor/.test(text));
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it('V7: text that looks like structure inside strings is only text', () => {
    const value = { 'a:"b': 'c":{"d', '\\': '\\"', e: '1e5', f: '__proto__":' };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });
});

describe('V8: a body hash is of what is said, not of how it is written', () => {
  it('V8: the order of fields and escapes do not matter; everything else does', () => {
    const one = parseJson('{"b":[1,{"d":null,"c":"\\u0041"}],"a":true}');
    const two = parseJson('{ "a": true, "b": [ 1, {"c":"A","d":null} ] }');
    expect(bodyHash(one)).toBe(bodyHash(two));
    expect(bodyHash(one)).toMatch(/^[0-9a-f]{64}$/);
    expect(bodyHash({ a: [1, 2] })).not.toBe(bodyHash({ a: [2, 1] }));
    expect(bodyHash({ a: 1 })).not.toBe(bodyHash({ a: '1' }));
    expect(bodyHash({ a: undefined })).toBe(bodyHash({}));
  });

  it('V8: the canonical text is JSON of the same value, with sorted fields', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonical(plain))).toEqual(plain);
      }),
      { numRuns: 300 },
    );
    const names = Array.from({ length: 40 }, (_, i) => `n${i}`);
    const wide = Object.fromEntries(names.map((name) => [name, 0]));
    expect(Object.keys(JSON.parse(canonical(wide)) as object)).toEqual([...names].sort());
  });
});

const codeOf = (code: string): Error => expect.objectContaining({ code }) as Error;

/** The body with one value set, by JSON pointer. */
function changed(body: Record<string, unknown>, pointer: string, value: unknown): unknown {
  const path = pointer.split('/').slice(1);
  const last = path.pop() ?? '';
  let at: Record<string, unknown> = body;
  for (const name of path) at = at[name] as Record<string, unknown>;
  at[last] = value;
  return body;
}

const oddValue = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, -0, 0, 1.5, 2 ** 53, true, '', 'till', 'GBP', [], {}),
  fc.constantFrom<unknown>([null], [[]], [{}], ['a'], ['a', 'b'], ['a', 'a', 'a'], '\u0000'),
  fc.constantFrom<unknown>('2026-02-30T00:00:00Z', '2026-02-28T00:00:00Z', '\ud800', '🎁'),
  fc.integer({ min: -10, max: 2_000 }),
  fc.string({ maxLength: 24, unit: 'binary' }),
  fc.jsonValue({ maxDepth: 2 }),
);
const pointers = [
  '/reference',
  '/occurredAt',
  '/total',
  '/total/amount',
  '/total/currency',
  '/total/more',
  '/lines',
  '/lines/0',
  '/lines/0/quantity',
  '/lines/1/fee',
  '/lines/1/fee/amount',
  '/lines/1/constructor',
  '/lines/2',
  '/channel',
  '/urgent',
  '/tags',
  '/notes',
  '/extra',
  '/unknown',
  '/toString',
];

/** A good body with up to two values replaced, some of them by ones that are just as good. */
const mutatedBody = fc
  .array(fc.tuple(fc.constantFrom(...pointers), oddValue), { maxLength: 2 })
  .map((changes) => {
    let body: unknown = good();
    for (const [pointer, value] of changes) {
      try {
        body = changed(body as Record<string, unknown>, pointer, value);
      } catch {
        // An earlier change took away what this one would have been made in.
      }
    }
    return body;
  });
