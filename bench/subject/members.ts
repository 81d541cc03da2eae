import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type pg from 'pg';

/**
 * Members of the bench are numbered; a number gives the member's id on both sides of the socket,
 * so the load generator needs no list of them.
 */
export function memberId(index: number): string {
  const hex = createHash('md5')
    .update(`bench:${String(index)}`)
    .digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

/** The ids of the first `count` members, 36 characters each, one after the other. */
export function memberIds(count: number): Buffer {
  const ids = Buffer.alloc(count * 36);
  for (let index = 0; index < count; index++) ids.write(memberId(index), index * 36, 'latin1');
  return ids;
}

const numbered = `
  SELECT i, (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-a' ||
             substr(h, 18, 3) || '-' || substr(h, 21))::uuid AS member_id,
         (('x' || substr(h, 1, 2))::bit(8)::int % 64)::smallint AS bucket
    FROM (SELECT i, md5('bench:' || i) AS h FROM generate_series($1::int, $2::int - 1) AS i) n`;

/** The rows that enrolling a member writes, for a range of numbers, in the order of enrolment. */
const statements = [
  `INSERT INTO members (bucket, member_id, status, enrolled_at, enrolled_by)
   SELECT bucket, member_id, 'active', now() - interval '300 days', 'r/bench' FROM (${numbered}) m`,
  `INSERT INTO consents (bucket, member_id, seq, text_version, act, channel, at, recorded_at)
   SELECT bucket, member_id, 1, 'terms-1', 'ticked_box', 'web', now() - interval '300 days',
          now() - interval '300 days' FROM (${numbered}) m`,
  `INSERT INTO persons (bucket, member_id, name, card_number, salt)
   SELECT bucket, member_id, 'Member ' || i, lpad(i::text, 10, '0'),
          substr(sha256(convert_to(i::text, 'UTF8')), 1, 16) FROM (${numbered}) m`,
  `INSERT INTO handles (kind, hmac, bucket, member_id)
   SELECT 'card', sha256(convert_to('bench-card:' || i, 'UTF8')), bucket, member_id
     FROM (${numbered}) m`,
  // The first head of a member's chain is SHA-256 of 'fealty:' and the id.
  `INSERT INTO accounts (bucket, member_id, version, head, points, held, owed, pending, qualifying,
                         remainder, tier)
   SELECT bucket, member_id, 0, sha256(convert_to('fealty:' || member_id, 'UTF8')),
          0, 0, 0, 0, 0, 0, '' FROM (${numbered}) m`,
];

const AT_ONCE = 100_000;

/** Enrols members 0 to count - 1, set by set; the database then knows its tables' sizes. */
export async function generateMembers(admin: pg.Client, count: number): Promise<void> {
  // Postings have an event row only while somebody reads them; nobody takes these away.
  await admin.query(`INSERT INTO outbox_readers VALUES ('bench', clock_timestamp())`);
  for (let from = 0; from < count; from += AT_ONCE) {
    for (const statement of statements) {
      await admin.query(statement, [from, Math.min(from + AT_ONCE, count)]);
    }
  }
  await admin.query('VACUUM (ANALYZE)');
  await admin.query('CHECKPOINT');
}
