import type { DataSource } from 'typeorm';
import { bucketOf } from '../address.js';

/** Numbers of the newest postings of members; who has no account is left out. */
export async function accountVersions(
  dataSource: DataSource,
  memberIds: readonly string[],
): Promise<Map<string, number>> {
  if (memberIds.length === 0) return new Map();
  const keys = memberIds.map((memberId) => ({ bucket: bucketOf(memberId), memberId }));
  const rows = await dataSource.query<{ member_id: string; version: number }[]>(
    `SELECT a.member_id, a.version
       FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
       JOIN accounts a ON a.bucket = u.bucket AND a.member_id = u.member_id`,
    [keys.map(({ bucket }) => bucket), memberIds],
  );
  return new Map(rows.map(({ member_id, version }) => [member_id, version]));
}
