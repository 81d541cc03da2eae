import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import {
  BUCKETS,
  bucketOf,
  isMemberId,
  memberColumns,
  parsePublicId,
  publicId,
  type PublicIdKind,
} from '../../src/ledger/address.js';
import { arrayOf } from '../../src/platform/database/columns.js';

const kinds: PublicIdKind[] = ['pst', 'pur', 'rdm'];
const anyKind = fc.constantFrom(...kinds);
const anyMemberId = fc.uuid({ version: 4 });
const anySeq = fc.oneof(fc.nat(500), fc.integer({ min: 0, max: 2_147_483_647 }));
const anyAddress = fc.record({ memberId: anyMemberId, seq: anySeq });
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('public ids', () => {
  it('L11: say where a row is, and nothing has to be looked up', () => {
    fc.assert(
      fc.property(anyKind, anyAddress, (kind, address) => {
        const id = publicId(kind, address);
        expect(parsePublicId(kind, id)).toEqual(address);
        expect(id).toMatch(/^[a-z]{3}_[A-Za-z0-9_-]{27}$/);
      }),
    );
  });

  it('L11: differ for any two rows', () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, (one, other) => {
        const same = one.memberId === other.memberId && one.seq === other.seq;
        expect(publicId('pst', one) === publicId('pst', other)).toBe(same);
      }),
    );
  });

  it('L11: of one kind are no ids of another', () => {
    fc.assert(
      fc.property(anyKind, anyKind, anyAddress, (kind, other, address) => {
        const parsed = parsePublicId(other, publicId(kind, address));
        expect(parsed).toEqual(kind === other ? address : undefined);
      }),
    );
  });

  it('L11: written in another way, cut short or made longer are no ids', () => {
    const edit = fc.constantFrom<((id: string) => string)[]>(
      (id) => `${id}=`,
      (id) => `${id}A`,
      (id) => `${id}\n`,
      (id) => ` ${id}`,
      (id) => id.slice(0, -1),
      (id) => id.slice(4),
      (id) => id.toUpperCase(),
      (id) => `${id.slice(0, 10)}.${id.slice(10)}`,
      (id) => id.replace('_', '-'),
      (id) => `${id.slice(0, 4)}+${id.slice(5)}`,
      () => '',
    );
    fc.assert(
      fc.property(anyKind, anyAddress, edit, (kind, address, changed) => {
        const id = changed(publicId(kind, address));
        expect(parsePublicId(kind, id)).toBeUndefined();
      }),
    );
  });

  it('L11: with any sign exchanged they name another row, or none, but never the same', () => {
    const place = fc.integer({ min: 4, max: 30 });
    fc.assert(
      fc.property(anyAddress, place, fc.nat(63), (address, at, sign) => {
        const id = publicId('pst', address);
        const other = `${id.slice(0, at)}${alphabet[sign] ?? ''}${id.slice(at + 1)}`;
        const parsed = parsePublicId('pst', other);
        if (other === id) return;
        expect(parsed).not.toEqual(address);
        if (parsed === undefined) return;
        expect(publicId('pst', parsed)).toBe(other);
        expect(isMemberId(parsed.memberId)).toBe(true);
      }),
    );
  });

  it('L11: any string at all is answered', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(anyKind, text, (kind, tail) => {
        expect(parsePublicId(kind, tail)).toBeUndefined();
        const parsed = parsePublicId(kind, `${kind}_${tail}`);
        if (parsed !== undefined) expect(publicId(kind, parsed)).toBe(`${kind}_${tail}`);
      }),
    );
  });
});

describe('member ids', () => {
  it.each([
    '',
    '0a1b2c3d-0000-1000-8000-000000000000',
    '0a1b2c3d-0000-4000-c000-000000000000',
    '0A1B2C3D-0000-4000-8000-000000000000',
    '0a1b2c3d00004000800000000000000',
    '0a1b2c3d-0000-4000-8000-000000000000\n',
    '{0a1b2c3d-0000-4000-8000-000000000000}',
    '01907c1e-7b1a-7cc0-8000-000000000000',
  ])('L11: %j is none', (text) => {
    expect(isMemberId(text)).toBe(false);
  });

  it('L11: a random UUID of version 4 is one', () => {
    for (let count = 0; count < 100; count += 1) expect(isMemberId(randomUUID())).toBe(true);
  });

  it('L11: members spread evenly over the buckets 0 to 63', () => {
    const members = 64 * 200;
    const counts = new Map<number, number>();
    for (let count = 0; count < members; count += 1) {
      const bucket = bucketOf(randomUUID());
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([...Array(BUCKETS).keys()]);
    // Six standard deviations from 200.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(85);
  });

  it('L11: a member stays in the bucket it was given, for ever', () => {
    expect(bucketOf('00000000-0000-4000-8000-000000000000')).toBe(0);
    expect(bucketOf('3f000000-0000-4000-8000-000000000000')).toBe(63);
    expect(bucketOf('40ffffff-ffff-4fff-bfff-ffffffffffff')).toBe(0);
    expect(bucketOf('ff000000-0000-4000-8000-000000000000')).toBe(63);
    expect(bucketOf('0a1b2c3d-0000-4000-8000-000000000000')).toBe(10);
  });
});

describe('what is no address', () => {
  const idOf = (memberId: string, seq: number): string => publicId('pst', { memberId, seq });

  it('L11: a number beyond those of postings, or an id of no member', () => {
    const memberId = '0a1b2c3d-0000-4000-8000-000000000000';
    const last = { memberId, seq: 2_147_483_647 };
    expect(parsePublicId('pst', idOf(memberId, last.seq))).toEqual(last);
    expect(parsePublicId('pst', idOf(memberId, last.seq + 1))).toBeUndefined();
    expect(parsePublicId('pst', idOf('0a1b2c3d-0000-1000-8000-000000000000', 1))).toBeUndefined();
    expect([`x${memberId}`, `${memberId}0`].filter(isMemberId)).toEqual([]);
  });
});

describe('addresses of many', () => {
  it('L11: are the arrays that a statement reads, in one order', () => {
    const memberId = '0a1b2c3d-0000-4000-8000-000000000000';
    const other = 'ff1b2c3d-0000-4000-8000-000000000000';
    const keys = [
      { bucket: 10, memberId },
      { bucket: 63, memberId: other },
    ];
    expect(memberColumns(keys)).toEqual([
      arrayOf('int2', [10, 63]),
      arrayOf('uuid', [memberId, other]),
    ]);
  });
});
