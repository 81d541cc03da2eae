import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { checkDocument } from '../../src/programmes/check.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import demo from '../../src/programmes/demo.json' with { type: 'json' };
import { currencyDigits } from '../../src/programmes/laws/currency.js';
import schema from '../../src/programmes/programme.schema.json' with { type: 'json' };
import { aProgramme, aProgrammeDocument } from '../support/programme.js';

type Faults = { pointer: string; code: string }[];

function faultsOf(value: unknown, at?: string): Faults {
  const checked = checkDocument(value, at);
  return 'faults' in checked ? checked.faults.map(({ pointer, code }) => ({ pointer, code })) : [];
}

/** The sound document with one value put, or with `undefined` taken away, at a pointer. */
function withValue(pointer: string, value: unknown): unknown {
  const document: unknown = structuredClone(aProgrammeDocument());
  const steps = pointer.slice(1).split('/');
  const last = steps.pop() ?? '';
  let place = document as Record<string, unknown>;
  for (const step of steps) place = place[step] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(place, last);
  else place[last] = value;
  return document;
}

describe('A document has the shape the schema says', () => {
  it('and the builder of these tests makes a sound one', () => {
    expect(faultsOf(aProgrammeDocument())).toEqual([]);
  });

  it('and the demo programme can be published', () => {
    expect(faultsOf(demo)).toEqual([]);
  });

  it.each([
    ['/identity', undefined, 'missing'],
    ['/identity/colour', 'red', 'unknown_field'],
    ['/identity/code', 'Demo', 'wrong_format'],
    ['/identity/code', 'x'.repeat(33), 'wrong_format'],
    ['/identity/name', ' ', 'wrong_format'],
    ['/identity/name', 'a\nb', 'wrong_format'],
    ['/identity/name', 'x'.repeat(101), 'out_of_bounds'],
    ['/identity/currency', 'gbp', 'wrong_format'],
    ['/identity/timeZone', '+01:00', 'wrong_format'],
    ['/thanks', [], 'out_of_bounds'],
    ['/categories/0/treatment', 'earn', 'not_allowed'],
    ['/categories/0/merchantCategoryCodes', ['52'], 'wrong_format', '/0'],
    ['/earningRules/0/kind', 'formula', 'not_allowed'],
    ['/earningRules/0/kind', undefined, 'missing'],
    ['/earningRules/0/rate', 1, 'wrong_type'],
    ['/earningRules/0/rate', '1.0000001', 'wrong_format'],
    ['/earningRules/0/rate', '-1', 'wrong_format'],
    ['/earningRules/0/expression', 'amount * 2', 'unknown_field'],
    ['/earningRules/1/categories', [], 'out_of_bounds'],
    ['/earningRules/2/points', 0, 'out_of_bounds'],
    ['/earningRules/2/points', 1_000_000_001, 'out_of_bounds'],
    ['/earningRules/2/points', 1.5, 'wrong_type'],
    ['/earningRules/2/minimumAmount', 1_000_000_000_001, 'out_of_bounds'],
    ['/earningRules/2/caps/0/period', 'hour', 'not_allowed'],
    ['/tiers/1/multiplier', '0.9', 'wrong_format'],
    ['/expiry', { kind: 'rolling' }, 'missing', '/months'],
    ['/returnWindowDays', 366, 'out_of_bounds'],
    ['/rewards/0/value/amount', -1, 'out_of_bounds'],
    ['/purchasesBeforeEnrolment', 'yes', 'wrong_type'],
  ])('%s as %j is %s', (pointer, value, code, below = '') => {
    expect(faultsOf(withValue(pointer, value))).toEqual([{ pointer: `${pointer}${below}`, code }]);
  });

  it('and every fault of it is reported together', () => {
    const document = {
      ...aProgrammeDocument(),
      thanks: 'Thank you',
      returnWindowDays: -1,
      extra: 1,
    };
    expect(
      faultsOf(document)
        .map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['/extra', '/returnWindowDays', '/thanks']);
  });

  it.each([[null], ['document'], [[]], [{}]])('and %j is none', (value) => {
    expect(faultsOf(value).length).toBeGreaterThan(0);
  });

  it('and an odd field name is escaped in its pointer', () => {
    expect(faultsOf({ ...aProgrammeDocument(), 'a/b~c': 1 })).toEqual([
      { pointer: '/a~1b~0c', code: 'unknown_field' },
    ]);
  });

  it('and pointers begin where the document was sent', () => {
    expect(faultsOf(withValue('/thanks', 1), '/document')).toEqual([
      { pointer: '/document/thanks', code: 'wrong_type' },
    ]);
  });

  it('and a number of faults says no more than a hundred', () => {
    const document = withValue(
      '/thanks',
      Array.from({ length: 50 }, () => ''),
    );
    const many = {
      ...(document as object),
      ...Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`x${n}`, 1])),
    };
    expect(faultsOf(many)).toHaveLength(100);
  });
});

describe('The schema', () => {
  it('gives the types their committed text', () => {
    const generated = execFileSync(
      process.execPath,
      [
        'node_modules/json-schema-to-typescript/dist/src/cli.js',
        '--input=src/programmes/programme.schema.json',
        '--ignoreMinAndMaxItems',
        '--style.singleQuote',
        '--style.printWidth=100',
        '--bannerComment=/** Generated from programme.schema.json by `npm run generate:types`; change that instead. */',
      ],
      { encoding: 'utf8' },
    );
    expect(readFileSync('src/programmes/document.ts', 'utf8')).toBe(generated);
  });

  it('closes every object and describes every field', () => {
    const described = (value: unknown): boolean =>
      typeof value === 'object' &&
      value !== null &&
      ('description' in value || '$ref' in value || 'const' in value);
    const open: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('properties' in value) {
        if (!('additionalProperties' in value)) open.push(path);
        for (const [name, field] of Object.entries(value.properties ?? {})) {
          if (!described(field)) open.push(`${path}/${name}`);
        }
      }
      for (const [key, each] of Object.entries(value)) visit(each, `${path}/${key}`);
    };
    visit(schema, '');
    expect(open).toEqual([]);
  });
});

describe('A currency has the digits of ISO 4217, not those of everyday writing', () => {
  it.each([
    ['GBP', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['HUF', 2],
    ['IQD', 3],
    ['XAU', undefined],
    ['ZZZ', undefined],
  ])('%s: %s', (code, digits) => {
    expect(currencyDigits(code)).toBe(digits);
  });
});

describe('A compiled programme', () => {
  it('has its rates in millionths, its times in milliseconds and its names resolved', () => {
    const programme = aProgramme({}, { no: 3, effectiveAt: 1_000 });
    expect(programme).toMatchObject({
      no: 3,
      effectiveAt: 1_000,
      currencyDigits: 2,
      taxEarns: true,
      holdMs: 900_000,
      late: { windowDays: 30, older: 'flag' },
      expiry: { kind: 'rolling', months: 24 },
    });
    expect(programme.tiers[1]?.multiplier).toBe(1_250_000n);
    expect(programme.rules[1]).toMatchObject({ rate: 2_000_000n, categories: new Set(['garden']) });
    expect(programme.rules[2]).toMatchObject({ minimumMinor: 2_000 });
    expect(programme.groups[1]).toMatchObject({ id: 'visit', rules: [2], coolDownMs: 43_200_000 });
    expect(programme.rewards.get('visit')?.minimumTier).toBe(1);
    expect(programme.excludedTenders).toEqual(new Set(['points', 'voucher', 'gift_card']));
  });

  it('is only made from a sound document', () => {
    const document = aProgrammeDocument({ tiers: [] });
    expect(() => compileProgramme(document, { no: 1, effectiveAt: 0 })).toThrow('invariant');
  });
});
