/**
 * Where a member's rows are, and the public ids that say so. A bucket is the first six bits of the
 * member's random id; a public id is the member id and the number of a posting in base64url, so
 * resolving one needs no look-up.
 */

import { arrayOf } from '../platform/database/columns.js';

export const BUCKETS = 64;

/** Postings of one member are numbered in a PostgreSQL integer. */
const SEQ_MAX = 2_147_483_647;

const memberIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a string is a member id: a version 4 UUID in lower case. */
export function isMemberId(text: string): boolean {
  return memberIdPattern.test(text);
}

/** The member's partition, 0 to 63, fixed for ever. */
export function bucketOf(memberId: string): number {
  return parseInt(memberId.slice(0, 2), 16) % BUCKETS;
}

/** Addresses as the two arrays that `unnest($1::smallint[], $2::uuid[])` reads. */
export function memberColumns(
  keys: readonly { bucket: number; memberId: string }[],
): [buckets: Buffer, memberIds: Buffer] {
  const buckets = keys.map(({ bucket }) => bucket);
  const memberIds = keys.map(({ memberId }) => memberId);
  return [arrayOf('int2', buckets), arrayOf('uuid', memberIds)];
}

export type PublicIdKind = 'pst' | 'pur' | 'rdm' | 'apr' | 'ntc' | 'cnv';

export interface RowAddress {
  memberId: string;
  /** Number of a posting; of an approval or a notice, its own. */
  seq: number;
}

/** `pst_...`, `pur_...`, `cnv_...` and so on: opaque to callers, at most 31 characters. */
export function publicId(kind: PublicIdKind, { memberId, seq }: RowAddress): string {
  const bytes = Buffer.alloc(20);
  bytes.write(memberId.replaceAll('-', ''), 'hex');
  bytes.writeUInt32BE(seq, 16);
  return `${kind}_${bytes.toString('base64url')}`;
}

/** The address inside a public id, or undefined when it is not one of this kind. */
export function parsePublicId(kind: PublicIdKind, id: string): RowAddress | undefined {
  const bytes = Buffer.from(id.slice(kind.length + 1), 'base64url');
  if (bytes.length !== 20) return undefined;
  const hex = bytes.toString('hex', 0, 16);
  const memberId = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
  const seq = bytes.readUInt32BE(16);
  const isOurs = isMemberId(memberId) && seq <= SEQ_MAX && publicId(kind, { memberId, seq }) === id;
  if (!isOurs) return undefined;
  return { memberId, seq };
}
