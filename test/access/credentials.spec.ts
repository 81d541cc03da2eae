import { setTimeout as pause } from 'node:timers/promises';
import {
  checksum,
  isSameDigest,
  newKey,
  newUserToken,
  parseCredential,
} from '../../src/access/credentials/credential.js';
import { Recent } from '../../src/access/credentials/recent.js';
import {
  memberScopes,
  permissions,
  retailerScopes,
  rolePermissions,
  roles,
} from '../../src/access/permissions.js';

describe('credentials', () => {
  it('A1: a key says what it is, whose it is, and carries 256 random bits and a checksum', () => {
    const { text, keyId } = newKey('test');
    expect(text).toMatch(new RegExp(`^fealty_test_${keyId}_[0-9A-Za-z]{49}$`));
    expect(newKey('live').text).toMatch(/^fealty_live_/);
    expect(newUserToken().text).toMatch(/^fealtyu_[0-9A-Za-z]{49}$/);
    expect(new Set(Array.from({ length: 500 }, () => newKey('test').text)).size).toBe(500);
  });

  it('A1: what was issued is recognised, by the digest that is stored', () => {
    const key = newKey('live');
    expect(parseCredential(key.text)).toEqual({
      kind: 'key',
      keyId: key.keyId,
      digest: key.digest,
    });
    const user = newUserToken();
    expect(parseCredential(user.text)).toEqual({ kind: 'user', digest: user.digest });
  });

  it('A1: no single changed character passes the checksum', () => {
    const { text } = newKey('test');
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'x' ? 'y' : 'x';
      expect(parseCredential(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined();
    }
    for (const odd of ['', 'fealty_', text.slice(1), `${text}a`, `${text}\n`, 'fealtyu_']) {
      expect(parseCredential(odd)).toBeUndefined();
    }
  });

  it('A1: the checksum is CRC-32', () => {
    // The check value of the CRC-32 everybody uses, 0xcbf43926, in base62.
    expect(checksum('123456789')).toBe(base62(0xcbf43926));
  });

  it('A2: digests are compared whole, and an unknown one is never the same', () => {
    const { digest } = newUserToken();
    expect(isSameDigest(digest, Buffer.from(digest))).toBe(true);
    expect(isSameDigest(digest, newUserToken().digest)).toBe(false);
    expect(isSameDigest(digest, undefined)).toBe(false);
    expect(isSameDigest(digest, Buffer.alloc(0))).toBe(false);
  });
});

describe('what a credential remembers', () => {
  it('A3: an answer is used for half a second at most, and read again before nobody waits', async () => {
    let now = 0;
    let stored = 'one';
    let reads = 0;
    const read = async (): Promise<string> => {
      reads += 1;
      return stored;
    };
    const recent = new Recent(read, () => now);
    expect(await recent.get('a')).toBe('one');
    stored = 'two';
    now = 249;
    expect(recent.get('a')).toBe('one');
    expect(reads).toBe(1);
    now = 250;
    expect(recent.get('a')).toBe('one');
    await pause(1);
    expect(recent.get('a')).toBe('two');
    now = 750;
    stored = 'three';
    expect(await recent.get('a')).toBe('three');
  });

  it('A3: requests that come together ask once, and a failure is not remembered', async () => {
    let reads = 0;
    const recent = new Recent(
      async (id) => {
        reads += 1;
        if (reads === 2) throw new Error('gone');
        return id;
      },
      () => 0,
    );
    await Promise.all([recent.get('a'), recent.get('a'), recent.get('a')]);
    expect(reads).toBe(1);
    await expect(recent.get('b')).rejects.toThrow('gone');
    expect(await recent.get('b')).toBe('b');
  });
});

describe('permissions', () => {
  it('A4: staff never act as a till or a member, and members and retailers never as staff', () => {
    const acting = ['purchases:write', 'redemptions:write', 'tokens:mint', ...memberScopes];
    const adjusting = permissions.filter((each) => each.startsWith('adjustments:'));
    const ruling = [
      'programme:edit',
      'programme:publish',
      'keys:manage',
      'audit:read',
      ...adjusting,
    ];
    for (const role of roles) expect(rolePermissions[role]).not.toEqual(containingAny(acting));
    expect([...retailerScopes, ...memberScopes]).not.toEqual(containingAny(ruling));
    const used = new Set([
      ...retailerScopes,
      ...memberScopes,
      ...roles.flatMap((role) => rolePermissions[role]),
    ]);
    expect([...used].sort()).toEqual([...permissions].sort());
  });

  it('A4: only an owner both publishes and manages keys', () => {
    const both = roles.filter((role) =>
      ['programme:publish', 'keys:manage'].every((needed) =>
        (rolePermissions[role] as readonly string[]).includes(needed),
      ),
    );
    expect(both).toEqual(['owner']);
  });
});

const containingAny = (values: readonly string[]): unknown =>
  expect.arrayContaining([expect.stringMatching(new RegExp(`^(?:${values.join('|')})$`))]);

function base62(value: number): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let text = '';
  for (let rest = value; text.length < 6; rest = Math.floor(rest / 62)) {
    text = digits.charAt(rest % 62) + text;
  }
  return text;
}
