import fc from 'fast-check';
import type { StoredEntry, StoredMember } from '../../src/ledger/check.js';
import { compactEffects, firstHead, hashOf, type Posting } from '../../src/ledger/posting.js';
import { act } from '../../src/rules/act.js';
import type { Entry } from '../../src/rules/outcome.js';
import { aMember, anAccrual, aPurchase, lastOf } from '../support/state.js';
import { aStoredMember, spendable } from './history.js';

/** Made anew for each test, so that what makes it is part of what the test reaches. */
let stored: StoredMember;
let sound: { posting: Posting; entries: StoredEntry[] }[];
beforeEach(() => {
  stored = aStoredMember();
  sound = stored.postings.map((posting) => ({
    posting,
    entries: stored.entries.filter(({ seq }) => seq === posting.seq),
  }));
});
const anySound = (): fc.Arbitrary<(typeof sound)[number]> => fc.constantFrom(...sound);

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const text = fc.string({ maxLength: 12 });
const whole = fc.nat(2_000_000_000);
const big = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });

/** A value for every column; the last one, `entries`, is not the posting's own. */
const columns: { [Field in keyof Omit<Posting, 'hash' | 'after'>]: fc.Arbitrary<Posting[Field]> } =
  {
    memberId: fc.uuid({ version: 4 }),
    seq: whole,
    kind: fc.constantFrom('accrue', 'hold', 'release', 'redeem', 'refused', 'adjust'),
    caller: text,
    operation: text,
    idempotencyKey: fc.option(text),
    bodyHash: fc.option(hex),
    versionNo: whole,
    subjectSeq: fc.option(whole),
    occurredAt: whole,
    recordedAt: whole,
    actor: text,
    requestId: text,
    billionths: big,
    explanation: fc.array(
      fc.tuple(whole, whole, fc.constant('rate_applied' as const), big.map(String)),
      { maxLength: 3 },
    ),
    effects: fc.record({ lots: fc.array(fc.array(whole)) }),
    contentDigest: fc.option(hex),
    prevHash: hex,
  };
const figures: { [Field in keyof Posting['after']]: fc.Arbitrary<Posting['after'][Field]> } = {
  points: whole,
  held: whole,
  owed: whole,
  pending: whole,
  qualifying: big,
  remainder: big,
  tier: text,
};

const written = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each));

describe('the hash of a posting', () => {
  it.each(Object.entries(columns))('L9: changes when %s changes', (field, values) => {
    fc.assert(
      fc.property(anySound(), values as fc.Arbitrary<unknown>, ({ posting, entries }, value) => {
        const changed = { ...posting, [field]: value };
        const same = written(changed) === written(posting);
        expect(hashOf(changed, entries) === posting.hash).toBe(same);
      }),
    );
  });

  it.each(Object.entries(figures))('L9: changes when %s after it changes', (field, values) => {
    fc.assert(
      fc.property(anySound(), values as fc.Arbitrary<unknown>, ({ posting, entries }, value) => {
        const changed = { ...posting, after: { ...posting.after, [field]: value } };
        const same = written(changed) === written(posting);
        expect(hashOf(changed, entries) === posting.hash).toBe(same);
      }),
    );
  });

  it('L9: covers every field a posting has', () => {
    const [first] = stored.postings;
    const covered = [...Object.keys(columns), 'after', 'hash'].sort();
    expect(Object.keys(first ?? {}).sort()).toEqual(covered);
    expect(Object.keys(first?.after ?? {}).sort()).toEqual(Object.keys(figures).sort());
  });

  const field = fc.constantFrom<(keyof Entry)[]>('debit', 'credit', 'amount', 'lotSeq', 'lotN');
  it('L9: changes when any field of any entry changes', () => {
    const withEntries = fc.constantFrom(...sound.filter(({ entries }) => entries.length > 0));
    fc.assert(
      fc.property(withEntries, field, whole, fc.nat(9), ({ posting, entries }, name, value, at) => {
        const place = at % entries.length;
        const isCode = name === 'debit' || name === 'credit';
        const changed = entries.map((entry, index) =>
          index === place ? { ...entry, [name]: isCode ? 'expired' : value } : entry,
        );
        const same = written(changed) === written(entries);
        expect(hashOf(posting, changed) === posting.hash).toBe(same);
      }),
    );
  });

  it('L9: changes when an entry is left out, added, doubled or moved', () => {
    const entry = (amount: number): Entry => ({
      ...{ debit: 'points', credit: 'held', amount, lotSeq: 1, lotN: 0 },
    });
    const [posting] = stored.postings;
    if (posting === undefined) throw new Error('The story has postings.');
    const lists = [
      [],
      [entry(1)],
      [entry(1), entry(1)],
      [entry(1), entry(2)],
      [entry(2), entry(1)],
    ];
    expect(new Set(lists.map((list) => hashOf(posting, list))).size).toBe(lists.length);
  });

  it('L9: does not take what belongs to one text for the end of the one before', () => {
    const [posting] = stored.postings;
    if (posting === undefined) throw new Error('The story has postings.');
    const one = hashOf({ ...posting, caller: 'r/a', operation: 'bc' }, []);
    expect(hashOf({ ...posting, caller: 'r/ab', operation: 'c' }, [])).not.toBe(one);
    expect(hashOf({ ...posting, actor: '"],["', requestId: '' }, [])).not.toBe(
      hashOf({ ...posting, actor: '', requestId: '"],["' }, []),
    );
    const none = hashOf({ ...posting, idempotencyKey: null }, []);
    expect(hashOf({ ...posting, idempotencyKey: 'null' }, [])).not.toBe(none);
  });

  it('L9: is the same for what is read back from JSON', () => {
    for (const { posting, entries } of sound) {
      const { explanation, effects } = posting;
      const read = JSON.parse(JSON.stringify({ explanation, effects })) as typeof posting;
      expect(hashOf({ ...posting, ...read }, entries)).toBe(posting.hash);
    }
  });

  it('L9: starts from a head of its own for each member', () => {
    fc.assert(
      fc.property(columns.memberId, columns.memberId, (one, other) => {
        expect(firstHead(one) === firstHead(other)).toBe(one === other);
        expect(firstHead(one)).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });
});

describe('compact effects', () => {
  it('L9: hold every lot, counter, redemption and standing that a posting sets', () => {
    const action = anAccrual(aPurchase([60_000]));
    const draft = lastOf(act(spendable(), { members: [aMember()] }, action));
    const [lot] = draft.opened;
    expect(compactEffects(draft)).toEqual({
      lots: [[1, 0, 'own', lot?.accruedAt, lot?.availableFrom, lot?.expiresAt, 620, 620, 0]],
      counters: draft.counters.map((each) => [each.counter, each.periodStart, each.used]),
      standing: ['silver', 'threshold_reached', '600000000000', 500, ''],
      decision: ['', 'blue'],
    });
    const hold = sound.find(({ posting }) => posting.kind === 'hold')?.posting.effects;
    expect(hold?.redemptions?.[0]?.slice(0, 5)).toEqual([2, 'shop', 'cup', 40, 'held']);
  });

  it('L9: are empty for a refusal', () => {
    const action = anAccrual(aPurchase([1]));
    const closed = aMember({ status: 'closed' });
    expect(compactEffects(lastOf(act(spendable(), { members: [closed] }, action)))).toEqual({});
  });
});
