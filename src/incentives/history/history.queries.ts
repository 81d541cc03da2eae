/** Members and what they did, a page at a time. */
import type { QueryRunner } from 'typeorm';
import { toPurchase } from '../../accrual/purchase-facts.js';
import type { PurchaseContent } from '../../accrual/purchase-row.js';
import { groupBy } from '../../ledger/check.js';
import { readRecorded } from '../../ledger/history/recorded.queries.js';
import type { Purchase } from '../../rules/purchase.js';
import type { KnownOf, Life, Window } from '../lives/recorded.js';

interface MemberRow {
  member_id: string;
  enrolled_at: Date;
  enrolled_by: string;
  persona: string | null;
  birth_month: number | null;
  preferences: string[] | null;
}

interface OfferRow {
  member_id: string;
  offer: string;
  since: Date | null;
}

interface PurchaseRow {
  member_id: string;
  seq: number;
  content: PurchaseContent;
  retailer: string;
}

/** Members of a bucket with their postings. */
export async function readLives(
  runner: QueryRunner,
  bucket: number,
  memberIds: readonly string[],
  window: Window,
): Promise<Life[]> {
  const members = await runner.manager.query<MemberRow[]>(
    `SELECT m.member_id, m.enrolled_at, m.enrolled_by, p.persona, p.birth_month, p.preferences
       FROM members m
       LEFT JOIN profiles p ON p.bucket = m.bucket AND p.member_id = m.member_id
      WHERE m.bucket = $1 AND m.member_id = ANY ($2::uuid[])
      ORDER BY m.member_id`,
    [bucket, memberIds],
  );
  const offers = await readOffers(runner, bucket, memberIds);
  const purchases = await readPurchases(runner, bucket, memberIds);
  const postings = await readRecorded(runner, bucket, memberIds, window);
  return members.map((row) => {
    const { member_id: memberId } = row;
    const bought = purchases.get(memberId);
    return {
      known: knownOf(row, offers.get(memberId) ?? []),
      postings: (postings.get(memberId) ?? []).map((posting) => ({
        ...posting,
        purchase: bought?.get(posting.seq),
      })),
    };
  });
}

/** Offers that members have activated, and lists that they are on, now. */
async function readOffers(
  runner: QueryRunner,
  bucket: number,
  memberIds: readonly string[],
): Promise<Map<string, OfferRow[]>> {
  const rows = await runner.manager.query<OfferRow[]>(
    `SELECT member_id, offer, activated_at AS since FROM offer_activations
      WHERE bucket = $1 AND member_id = ANY ($2::uuid[])
      UNION ALL
     SELECT m.member_id, m.list, NULL
       FROM offer_list_members m
       JOIN offer_lists l ON l.list = m.list AND l.upload = m.upload AND l.members IS NOT NULL
      WHERE m.bucket = $1 AND m.member_id = ANY ($2::uuid[])`,
    [bucket, memberIds],
  );
  return groupBy(rows, ({ member_id }) => member_id);
}

/** What was bought and done, by member and number, but for what is erased. */
async function readPurchases(
  runner: QueryRunner,
  bucket: number,
  memberIds: readonly string[],
): Promise<Map<string, Map<number, Purchase>>> {
  const rows = await runner.manager.query<PurchaseRow[]>(
    `SELECT member_id, seq, content, retailer FROM purchases
      WHERE bucket = $1 AND member_id = ANY ($2::uuid[]) AND content IS NOT NULL`,
    [bucket, memberIds],
  );
  const found = new Map<string, Map<number, Purchase>>();
  for (const { member_id, seq, content, retailer } of rows) {
    const own = found.get(member_id) ?? new Map<number, Purchase>();
    found.set(member_id, own.set(seq, toPurchase(content, retailer)));
  }
  return found;
}

function knownOf(row: MemberRow, offers: readonly OfferRow[]): KnownOf {
  const { persona, birth_month: birthMonth, preferences } = row;
  const activated = offers.flatMap(({ offer, since }) =>
    since === null ? [] : [[offer, since.getTime()] as const],
  );
  return {
    memberId: row.member_id,
    enrolledAt: row.enrolled_at.getTime(),
    enrolledBy: row.enrolled_by.startsWith('r/') ? row.enrolled_by.slice(2) : undefined,
    profile: {
      persona: persona ?? undefined,
      birthMonth: birthMonth ?? undefined,
      preferences: preferences ?? [],
    },
    activated: new Map(activated),
    lists: new Set(offers.flatMap(({ offer, since }) => (since === null ? [offer] : []))),
  };
}
