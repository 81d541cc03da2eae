/** Holds signed heads against the postings they were made of, and says until when they vouch. */
import { dayAfter, hashOfHead, isSigned, leafText, NO_HEAD, type DailyHead } from './head.js';
import type { DayLeaf } from './heads.queries.js';
import { MerkleTree } from './merkle.js';

/** The table in the database, which whoever can change postings can change as well. */
export const IN_DATABASE = 'daily_heads';

export interface HeadClaim {
  head: DailyHead;
  /** `IN_DATABASE`, or the name of a file that was kept elsewhere. */
  where: string;
}

export interface HeadDifference {
  bucket: number;
  day: string;
  where: string;
  /** `signature`, `key`, `previous`, `root`, `members`, or `day` when there is no head where one should be. */
  what: string;
  stored: string;
  recomputed: string;
}

export interface HeadsVerification {
  /** How many heads were held against the postings. */
  heads: number;
  /** How many of them were kept elsewhere. */
  elsewhere: number;
  /**
   * The last day up to whose end every posting is as it was when its head was signed: by heads
   * kept elsewhere if there are any, else by those of the database. Null = no day is vouched for.
   */
  vouchedUntil: string | null;
  differences: HeadDifference[];
}

/** Compares claims with leaves of all days up to the last claim's, by day, bucket and member. */
export async function checkHeads(
  claims: readonly HeadClaim[],
  trustedKeys: ReadonlySet<string>,
  leaves: AsyncIterable<DayLeaf>,
): Promise<HeadsVerification> {
  const roots = await rootsOf(leaves);
  const differences: HeadDifference[] = [];
  for (const own of [false, true]) {
    const before = new Map<number, DailyHead>();
    for (const claim of inOrder(claims.filter(({ where }) => (where === IN_DATABASE) === own))) {
      differences.push(...faultsOf(claim, trustedKeys, before.get(claim.head.bucket), roots));
      before.set(claim.head.bucket, claim.head);
    }
  }
  differences.push(...tooEarly(claims, roots));
  const elsewhere = claims.filter(({ where }) => where !== IN_DATABASE);
  return {
    heads: claims.length,
    elsewhere: elsewhere.length,
    vouchedUntil: vouchedUntil(elsewhere.length > 0 ? elsewhere : claims, differences),
    differences,
  };
}

interface Root {
  root: string;
  members: number;
}
type Roots = ReadonlyMap<string, Root>;

const rootOf = (tree: MerkleTree): Root => ({ root: tree.root(), members: tree.size });

const keyOf = ({ day, bucket }: { day: string; bucket: number }): string =>
  `${day} ${String(bucket)}`;

/** Keeps one tree at a time, as all leaves of a day and bucket come together. */
async function rootsOf(leaves: AsyncIterable<DayLeaf>): Promise<Roots> {
  const roots = new Map<string, Root>();
  let at = '';
  let tree = new MerkleTree();
  for await (const leaf of leaves) {
    const key = keyOf(leaf);
    if (key !== at) {
      if (tree.size > 0) roots.set(at, rootOf(tree));
      [at, tree] = [key, new MerkleTree()];
    }
    tree.add(leafText(leaf));
  }
  if (tree.size > 0) roots.set(at, rootOf(tree));
  return roots;
}

const inOrder = (claims: readonly HeadClaim[]): HeadClaim[] =>
  [...claims].sort((a, b) => (a.head.day < b.head.day ? -1 : a.head.day > b.head.day ? 1 : 0));

function faultsOf(
  { head, where }: HeadClaim,
  trustedKeys: ReadonlySet<string>,
  before: DailyHead | undefined,
  roots: Roots,
): HeadDifference[] {
  const { bucket, day } = head;
  const right = roots.get(keyOf(head)) ?? rootOf(new MerkleTree());
  const found: HeadDifference[] = [];
  const compare = (what: string, stored: string, recomputed: string): void => {
    if (stored !== recomputed) found.push({ bucket, day, where, what, stored, recomputed });
  };
  compare('signature', isSigned(head) ? 'by its key' : 'not by its key', 'by its key');
  compare('key', trustedKeys.has(head.publicKey) ? 'trusted' : head.publicKey, 'trusted');
  compare('root', head.root, right.root);
  compare('members', String(head.members), String(right.members));
  if (before === undefined) {
    // Files may begin at any day; the table begins with the first.
    if (where === IN_DATABASE) compare('previous', head.previous, NO_HEAD);
  } else if (before.day === dayAfter(day, -1)) {
    compare('previous', head.previous, hashOfHead(before));
  } else {
    compare('day', `after ${before.day}`, `after ${dayAfter(day, -1)}`);
  }
  return found;
}

/** Postings of days before the first head there ever was, which no head would miss. */
function tooEarly(claims: readonly HeadClaim[], roots: Roots): HeadDifference[] {
  return claims
    .filter(({ head }) => head.previous === NO_HEAD)
    .flatMap(({ head: { bucket, day: first }, where }) => {
      const days = [...roots.keys()]
        .map((key) => key.split(' '))
        .filter(([day = '', of]) => of === String(bucket) && day < first);
      return days.map(([day = '']) => {
        const texts = { stored: 'postings', recomputed: `none before ${first}` };
        return { bucket, day, where, what: 'day', ...texts };
      });
    });
}

function vouchedUntil(
  claims: readonly HeadClaim[],
  differences: readonly HeadDifference[],
): string | null {
  const days = [...new Set(claims.map(({ head }) => head.day))].sort();
  const sources = new Set(claims.map(({ where }) => where));
  const unfit = differences.filter(({ where }) => sources.has(where)).map(({ day }) => day);
  const first = unfit.sort()[0];
  return days.findLast((day) => first === undefined || day < first) ?? null;
}
