import fc from 'fast-check';
import { checkMember, groupBy, type StoredMember } from '../../src/ledger/check.js';
import { firstHead, hashOf, type Posting } from '../../src/ledger/posting.js';
import { aStoredMember } from './history.js';

/** Made anew for each test, so that what makes it is part of what the test reaches. */
let sound: StoredMember;
beforeEach(() => {
  sound = aStoredMember();
});

/** The paths of every stored value below an object, as `account.points` or `postings.3.hash`. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([key, below]) => pathsOf(below, [...path, key]));
}

/** Another value of the same type. */
function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value !== 'string') return 'something';
  return value.startsWith('0') ? `1${value.slice(1)}` : `0${value.slice(1)}`;
}

/** A copy in which one value is another. */
function changedAt<T>(value: T, [key, ...path]: readonly string[]): T {
  if (key === undefined) return another(value) as T;
  if (Array.isArray(value)) {
    return value.map((each: unknown, index) =>
      String(index) === key ? changedAt(each, path) : each,
    ) as T;
  }
  const fields = Object.entries(value as object).map(([name, each]): [string, unknown] => [
    name,
    name === key ? changedAt<unknown>(each, path) : each,
  ]);
  return Object.fromEntries(fields) as T;
}

const whatOf = (member: StoredMember): string[] => checkMember(member).map(({ what }) => what);

/** A consistent chain over postings, whatever they say: what a careful forger would leave. */
function rehashed(member: StoredMember): StoredMember {
  let head = firstHead(member.memberId);
  const postings = member.postings.map((posting): Posting => {
    const unhashed = { ...posting, prevHash: head };
    head = hashOf(
      unhashed,
      member.entries.filter(({ seq }) => seq === posting.seq),
    );
    return { ...unhashed, hash: head };
  });
  return { ...member, postings, account: { ...member.account, head } };
}

describe('the check of a member', () => {
  it('L9: finds nothing wrong with a member whom nobody touched', () => {
    expect(sound.postings.map(({ kind }) => kind)).toEqual([
      ...['accrue', 'hold', 'redeem', 'hold', 'release', 'hold'],
      ...['release', 'accrue', 'refused', 'hold'],
    ]);
    expect(checkMember(sound)).toEqual([]);
  });

  it('L9: finds nothing wrong with a member without postings', () => {
    const { memberId } = sound;
    const none = { points: 0, held: 0, owed: 0, pending: 0, changesAt: null, tier: '' };
    const account = {
      ...none,
      qualifying: 0n,
      remainder: 0n,
      version: 0,
      head: firstHead(memberId),
    };
    expect(checkMember({ memberId, account, postings: [], entries: [], lots: [] })).toEqual([]);
  });

  const paths = (): string[][] => pathsOf(sound).filter(([first]) => first !== 'memberId');
  it('L3, L9: finds a change of any stored value', () => {
    expect(paths().length).toBeGreaterThan(250);
    for (const path of paths()) {
      const differences = checkMember(changedAt(sound, path));
      if (differences.length === 0) throw new Error(`a change of ${path.join('.')} is not found`);
      for (const { memberId } of differences) expect(memberId).toBe(sound.memberId);
    }
  });

  it('L3, L9: finds any two changes together', () => {
    const path = fc.constantFrom(...paths());
    fc.assert(
      fc.property(path, path, (one, other) => {
        if (one.join() === other.join()) return;
        expect(checkMember(changedAt(changedAt(sound, one), other))).not.toEqual([]);
      }),
    );
  });

  it('L9: takes no member for another', () => {
    expect(whatOf({ ...sound, memberId: '0a1b2c3d-0000-4000-8000-000000000001' })).not.toEqual([]);
  });

  it('L9: names the posting whose column was changed, and no other', () => {
    fc.assert(
      fc.property(fc.nat(sound.postings.length - 1), (index) => {
        const changed = changedAt(sound, ['postings', String(index), 'actor']);
        expect(whatOf(changed)).toEqual([`posting ${String(index + 1)} hash`]);
      }),
    );
  });

  const list = fc.constantFrom<('postings' | 'entries' | 'lots')[]>('postings', 'entries', 'lots');
  it('L3, L9: finds any row that is missing, doubled or out of place', () => {
    fc.assert(
      fc.property(list, fc.nat(100), (name, number) => {
        const rows: readonly unknown[] = sound[name];
        const at = number % rows.length;
        const without = rows.filter((_, index) => index !== at);
        const doubled = [...rows.slice(0, at + 1), ...rows.slice(at)];
        for (const changed of [without, doubled]) {
          expect(checkMember({ ...sound, [name]: changed })).not.toEqual([]);
        }
        if (name === 'lots' || at === 0) return;
        if (name === 'entries') return;
        const moved = rows.map((row, index) =>
          index === at ? rows[at - 1] : index === at - 1 ? rows[at] : row,
        );
        expect(checkMember({ ...sound, [name]: moved } as StoredMember)).not.toEqual([]);
      }),
    );
  });

  it('L3: a chain hashed anew does not hide figures that the entries refute', () => {
    const fields = ['points', 'held', 'remainder'];
    fc.assert(
      fc.property(fc.nat(sound.postings.length - 1), fc.constantFrom(...fields), (index, field) => {
        const forged = rehashed(changedAt(sound, ['postings', String(index), 'after', field]));
        const what = whatOf(forged);
        expect(what).toContain(`posting ${String(index + 1)} ${field}`);
        expect(what.some((each) => each.endsWith('hash'))).toBe(false);
      }),
    );
  });

  it('L3: nor billionths that the explanation refutes', () => {
    const forged = rehashed(changedAt(sound, ['postings', '0', 'billionths']));
    expect(whatOf(forged)).toContain('posting 1 explanation');
  });

  it('L3: nor an entry of another amount', () => {
    const at = sound.entries.findIndex(({ debit }) => debit === 'issued');
    const forged = rehashed(changedAt(sound, ['entries', String(at), 'amount']));
    expect(whatOf(forged)).toEqual(
      expect.arrayContaining(['posting 1 points', 'lot 1/0 amount', 'lot 1/0 remaining']),
    );
  });

  it('L9: says what is stored and what it recomputed', () => {
    const changed = { ...sound, account: { ...sound.account, points: 1 } };
    const points = sound.account.points;
    expect(checkMember(changed)).toContainEqual({
      memberId: sound.memberId,
      what: 'account points',
      stored: '1',
      recomputed: String(points),
    });
  });

  it('L9: groups rows by a key and keeps their order', () => {
    const groups = groupBy([3, 1, 4, 1, 5, 9, 2, 6], (each) => each % 2);
    expect([...groups]).toEqual([
      [1, [3, 1, 1, 5, 9]],
      [0, [4, 2, 6]],
    ]);
  });
});
