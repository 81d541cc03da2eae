import {
  checkHeads,
  IN_DATABASE,
  type HeadClaim,
  type HeadsVerification,
} from '../../src/ledger/proof/check-heads.js';
import {
  hashOfHead,
  leafText,
  NO_HEAD,
  publicKeyOf,
  signHead,
  type DailyHead,
  type Leaf,
} from '../../src/ledger/proof/head.js';
import { MerkleTree } from '../../src/ledger/proof/merkle.js';
import { makeSigningKey, parseSigningKey } from '../../src/platform/config/signing-key.js';

type DayLeaf = Leaf & { day: string; bucket: number };

function aKey(): NonNullable<ReturnType<typeof parseSigningKey>> {
  const key = parseSigningKey(makeSigningKey());
  if (key === undefined) throw new Error('This is no key.');
  return key;
}

const key = aKey();
const trusted = publicKeyOf(key);
const days = ['2026-01-01', '2026-01-02', '2026-01-03'];
const dayNo = (index: number): string => days[index] ?? '';

/** Two buckets: members of bucket 4 posted every day, one of bucket 5 on the second day alone. */
const leaves: DayLeaf[] = [
  leaf(0, 4, 'a', 1),
  leaf(0, 4, 'b', 3),
  leaf(1, 4, 'a', 2),
  leaf(1, 5, 'c', 1),
  leaf(2, 4, 'b', 4),
];

function leaf(day: number, bucket: number, memberId: string, seq: number): DayLeaf {
  return { day: dayNo(day), bucket, memberId, seq, hash: `hash of ${memberId} ${String(seq)}` };
}

function headsOf(bucket: number, over: readonly DayLeaf[] = leaves, by = key): DailyHead[] {
  let previous = NO_HEAD;
  return days.map((day) => {
    const tree = new MerkleTree();
    const own = over.filter((each) => each.day === day && each.bucket === bucket);
    for (const each of own) tree.add(leafText(each));
    const content = { bucket, day, root: tree.root(), previous, members: own.length };
    previous = hashOfHead(content);
    return signHead(content, by);
  });
}

const stored = (heads: readonly DailyHead[]): HeadClaim[] =>
  heads.map((head) => ({ head, where: IN_DATABASE }));
const filed = (heads: readonly DailyHead[]): HeadClaim[] =>
  heads.map((head) => ({ head, where: `heads-${head.day}.json` }));

async function* streamed(over: readonly DayLeaf[]): AsyncGenerator<DayLeaf> {
  yield* over;
}

const check = async (
  claims: readonly HeadClaim[],
  over: readonly DayLeaf[] = leaves,
): Promise<HeadsVerification> => checkHeads(claims, new Set([trusted]), streamed(over));

/** As `day bucket where: what stored/recomputed`, without what only hashes can say. */
const namesOf = ({ differences }: HeadsVerification): string[] =>
  differences.map(({ day, bucket, where, what }) => `${day} ${String(bucket)} ${where}: ${what}`);

const both = [...headsOf(4), ...headsOf(5)];

describe('heads held against the postings', () => {
  it('L9: vouch up to the last day when nothing was touched, in any order of claims', async () => {
    const sound = { elsewhere: 0, vouchedUntil: dayNo(2), differences: [] };
    expect(await check(stored(both))).toEqual({ heads: 6, ...sound });
    expect(await check(stored([...both].reverse()))).toEqual({ heads: 6, ...sound });
    const files = filed(both.slice(0, 2));
    expect(await check([...stored(both), ...files])).toEqual({
      heads: 8,
      elsewhere: 2,
      vouchedUntil: dayNo(1),
      differences: [],
    });
  });

  it('L9: vouch for no day when there are none', async () => {
    const nothing = { heads: 0, elsewhere: 0, vouchedUntil: null, differences: [] };
    expect(await check([])).toEqual(nothing);
    expect(await check([], [])).toEqual(nothing);
  });

  it('L9: name the day and bucket whose postings were changed, and vouch up to the day before', async () => {
    const changed = leaves.map((each) => (each.seq === 2 ? { ...each, hash: 'forged' } : each));
    const right = headsOf(4, changed)[1]?.root;
    const found = await check(stored(both), changed);
    expect(found.vouchedUntil).toBe(dayNo(0));
    expect(found.differences).toEqual([
      {
        bucket: 4,
        day: dayNo(1),
        where: IN_DATABASE,
        what: 'root',
        stored: headsOf(4)[1]?.root,
        recomputed: right,
      },
    ]);
  });

  it('L9: name a day whose only member was lost, or the first of all', async () => {
    const without = (seq: number, id: string): DayLeaf[] =>
      leaves.filter((each) => each.seq !== seq || each.memberId !== id);
    const name = (day: number, bucket: number, what: string): string =>
      `${dayNo(day)} ${String(bucket)} ${IN_DATABASE}: ${what}`;
    const lost = await check(stored(both), without(1, 'c'));
    expect(namesOf(lost)).toEqual([name(1, 5, 'root'), name(1, 5, 'members')]);
    expect(lost.differences[1]).toMatchObject({ stored: '1', recomputed: '0' });
    const first = await check(stored(both), without(1, 'a'));
    expect(namesOf(first)).toEqual([name(0, 4, 'root'), name(0, 4, 'members')]);
    expect(first.vouchedUntil).toBeNull();
    const last = await check(stored(both), without(4, 'b'));
    expect(namesOf(last)).toEqual([name(2, 4, 'root'), name(2, 4, 'members')]);
  });

  it('L9: trust their signature only, by a key that is trusted', async () => {
    const [first, second, third] = headsOf(4);
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('None.');
    const unsigned = { ...second, signature: first.signature };
    const found = await check(stored([first, unsigned, third]));
    expect(found.differences).toEqual([
      {
        bucket: 4,
        day: dayNo(1),
        where: IN_DATABASE,
        what: 'signature',
        stored: 'not by its key',
        recomputed: 'by its key',
      },
    ]);
    const other = aKey();
    const foreign = await check(stored(headsOf(4, leaves, other).slice(0, 1)));
    expect(foreign.differences).toEqual([
      {
        bucket: 4,
        day: dayNo(0),
        where: IN_DATABASE,
        what: 'key',
        stored: publicKeyOf(other),
        recomputed: 'trusted',
      },
    ]);
  });

  it('L9: follow each other: the table from the first day, files from any', async () => {
    const [first, second, third] = headsOf(4);
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('None.');
    expect((await check(filed([second, third]))).differences).toEqual([]);
    expect((await check(stored([second, third]))).differences).toEqual([
      {
        bucket: 4,
        day: dayNo(1),
        where: IN_DATABASE,
        what: 'previous',
        stored: hashOfHead(first),
        recomputed: NO_HEAD,
      },
    ]);
    const gap = await check(filed([first, third]));
    expect(gap.differences).toEqual([
      {
        bucket: 4,
        day: dayNo(2),
        where: `heads-${dayNo(2)}.json`,
        what: 'day',
        stored: `after ${dayNo(0)}`,
        recomputed: `after ${dayNo(1)}`,
      },
    ]);
    const { publicKey: _key, signature: _signature, ...content } = third;
    const elsewhere = signHead({ ...content, previous: 'ab'.repeat(32) }, key);
    expect((await check(stored([first, second, elsewhere]))).differences).toEqual([
      {
        bucket: 4,
        day: dayNo(2),
        where: IN_DATABASE,
        what: 'previous',
        stored: 'ab'.repeat(32),
        recomputed: hashOfHead(second),
      },
    ]);
  });

  it('L9: vouch by files alone where there are files, whatever the table says', async () => {
    const forged = leaves.map((each) => (each.seq === 4 ? { ...each, hash: 'forged' } : each));
    const claims = [...stored(headsOf(4)), ...filed(headsOf(4, forged))];
    const found = await check(claims, forged);
    expect(namesOf(found)).toEqual([`${dayNo(2)} 4 ${IN_DATABASE}: root`]);
    expect(found.vouchedUntil).toBe(dayNo(2));
  });

  it('L9: name postings put before the first head there ever was', async () => {
    const early = { ...leaf(0, 4, 'd', 1), day: '2025-12-30' };
    const beside = { ...leaf(0, 5, 'd', 1), day: '2025-12-31' };
    const found = await check(stored(headsOf(4)), [early, beside, ...leaves]);
    expect(found.vouchedUntil).toBeNull();
    expect(found.differences).toEqual([
      {
        bucket: 4,
        day: '2025-12-30',
        where: IN_DATABASE,
        what: 'day',
        stored: 'postings',
        recomputed: `none before ${dayNo(0)}`,
      },
    ]);
  });
});
