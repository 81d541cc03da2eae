import { applyPatch } from 'rfc6902';
import fc from 'fast-check';
import { DomainError } from '../../src/platform/http/domain-error.js';
import { mergePatched, operationsPatched } from '../../src/programmes/drafts/patch.js';
import { anyJson } from './changes.js';

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('A merge patch', () => {
  // The examples of RFC 7396, appendix A.
  it.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('P19: of the standard: %j patched with %j is %j', (target, patch, result) => {
    expect(mergePatched(target, patch)).toEqual(result);
  });

  it('P19: changes what it names and nothing else, and says it again to no effect', () => {
    fc.assert(
      fc.property(anyJson.fields, anyJson.fields, (target, patch) => {
        const before = structuredClone(target);
        const after = mergePatched(target, patch);
        expect(target).toEqual(before);
        expect(mergePatched(after, patch)).toEqual(after);
        if (!isFields(after)) throw new Error('an object patched with an object is one');
        for (const name of new Set([...Object.keys(target), ...Object.keys(patch)])) {
          const wanted = Object.hasOwn(patch, name) ? patch[name] : target[name];
          if (Object.hasOwn(patch, name) && wanted === null) {
            expect(Object.hasOwn(after, name)).toBe(false);
          } else if (!isFields(wanted) || !Object.hasOwn(patch, name)) {
            expect(after[name]).toEqual(wanted);
          } else {
            const old = Object.hasOwn(target, name) ? target[name] : undefined;
            expect(after[name]).toEqual(mergePatched(old, wanted));
          }
        }
      }),
    );
  });
});

const draft = { tiers: [{ code: 'a' }, { code: 'b' }], 'a/b': 1, 'c~d': 2 };

function refusal(patch: unknown, target: object = draft): [string, string | undefined] {
  try {
    operationsPatched(target, patch);
  } catch (error) {
    if (error instanceof DomainError) return [error.code, error.faults[0]?.pointer];
    throw error;
  }
  return ['done', undefined];
}

describe('A list of operations', () => {
  it('P19: is done in its order, and the document it is done to stays as it was', () => {
    const before = structuredClone(draft);
    const operations = [
      { op: 'test', path: '/tiers/0/code', value: 'a' },
      { op: 'add', path: '/tiers/-', value: { code: 'c' }, note: 'what it does not know is left' },
      { op: 'move', from: '/tiers/2', path: '/tiers/0' },
      { op: 'copy', from: '/tiers/0', path: '/tiers/3' },
      { op: 'replace', path: '/tiers/3/code', value: 'd' },
      { op: 'remove', path: '/a~1b' },
      { op: 'replace', path: '/c~0d', value: null },
    ];
    expect(operationsPatched(draft, operations)).toEqual({
      tiers: [{ code: 'c' }, { code: 'a' }, { code: 'b' }, { code: 'd' }],
      'c~d': null,
    });
    expect(draft).toEqual(before);
  });

  it.each<[string, unknown, string, string]>([
    ['no list', { op: 'add' }, 'invalid_request', ''],
    ['too many', Array(501).fill({ op: 'remove', path: '/x' }), 'invalid_request', ''],
    ['no object', [7], 'invalid_request', '/0'],
    ['an unknown word', [{ op: 'merge', path: '/tiers' }], 'invalid_request', '/0/op'],
    ['a word of every object', [{ op: 'toString', path: '' }], 'invalid_request', '/0/op'],
    ['no pointer', [{ op: 'remove', path: 'tiers' }], 'invalid_request', '/0/path'],
    ['a wrong escape', [{ op: 'remove', path: '/a~2' }], 'invalid_request', '/0/path'],
    ['no source', [{ op: 'move', path: '/tiers' }], 'invalid_request', '/0/from'],
    ['no value', [{ op: 'add', path: '/x' }], 'invalid_request', '/0/value'],
    [
      'a place that is not there',
      [{ op: 'remove', path: '/x' }],
      'patch_not_applicable',
      '/0/path',
    ],
    [
      'an index beyond',
      [{ op: 'add', path: '/tiers/3', value: 1 }],
      'patch_not_applicable',
      '/0/path',
    ],
    [
      'an odd index',
      [{ op: 'replace', path: '/tiers/01', value: 1 }],
      'patch_not_applicable',
      '/0/path',
    ],
    [
      'a name for an index',
      [{ op: 'replace', path: '/tiers/x', value: 1 }],
      'patch_not_applicable',
      '/0/path',
    ],
    [
      'below a text',
      [{ op: 'add', path: '/tiers/0/code/x', value: 1 }],
      'patch_not_applicable',
      '/0/path',
    ],
    ['the whole document', [{ op: 'remove', path: '' }], 'patch_not_applicable', '/0/path'],
    [
      'into itself',
      [{ op: 'move', from: '/tiers', path: '/tiers/0' }],
      'patch_not_applicable',
      '/0/path',
    ],
    [
      'a source that is not there',
      [{ op: 'copy', from: '/x', path: '/y' }],
      'patch_not_applicable',
      '/0/from',
    ],
    [
      'a failed test',
      [{ op: 'test', path: '/a~1b', value: 2 }],
      'patch_not_applicable',
      '/0/value',
    ],
    [
      'a prototype',
      [{ op: 'add', path: '/__proto__', value: {} }],
      'patch_not_applicable',
      '/0/path',
    ],
    [
      'what every object has',
      [{ op: 'add', path: '/constructor/prototype/x', value: 1 }],
      'patch_not_applicable',
      '/0/path',
    ],
    [
      'the second of two',
      [
        { op: 'remove', path: '/a~1b' },
        { op: 'remove', path: '/a~1b' },
      ],
      'patch_not_applicable',
      '/1/path',
    ],
  ])('P19: with %s is refused, and says where', (_, patch, code, pointer) => {
    expect(refusal(patch)).toEqual([code, pointer]);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  it('P19: makes no document that is longer or deeper than one that could be sent', () => {
    const doubling = Array(60).fill({ op: 'copy', from: '/a', path: '/a/-' });
    const began = performance.now();
    expect(refusal(doubling, { a: ['x'.repeat(1_000)] })[0]).toBe('payload_too_large');
    const wide = Array.from({ length: 60 }, (_, n) => ({ op: 'copy', from: '/a', path: `/b${n}` }));
    expect(refusal(wide, { a: 'x'.repeat(10_000) })).toEqual(['payload_too_large', undefined]);
    const deep = Array.from({ length: 20 }, (_, n) => ({
      op: 'add',
      path: '/a'.repeat(n + 1),
      value: {},
    }));
    expect(refusal(deep, {})).toEqual(['invalid_request', '']);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('P19: compares long lists in no time', () => {
    const long = Array.from({ length: 30_000 }, (_, n) => n % 7);
    const began = performance.now();
    expect(refusal([{ op: 'test', path: '/a', value: [...long, 1] }], { a: long })[1]).toBe(
      '/0/value',
    );
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  const pointer = fc.constantFrom(
    ...['', '/tiers', '/tiers/0', '/tiers/1', '/tiers/2', '/tiers/-', '/tiers/0/code'],
    ...['/tiers/1/new', '/a~1b', '/c~0d', '/new', '/new/0', '/tiers/x'],
  );
  const operation = fc.record({
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
    path: pointer,
    from: pointer,
    value: anyJson.value,
  });

  it('P19: that is accepted does what the library alone would do', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 4 }), (operations) => {
        if (refusal(operations)[0] !== 'done') return;
        accepted += operations.length;
        const document = structuredClone(draft);
        const faults = applyPatch(document, operations);
        expect(faults.every((fault) => fault === null)).toBe(true);
        expect(operationsPatched(draft, operations)).toEqual(document);
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(300);
  });
});
