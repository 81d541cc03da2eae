import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SilentTerms } from '../../rules/expiry/terms.js';
import { lotKey, type LotKey, type MemberState } from '../../rules/state.js';
import { bucketOf, memberColumns } from '../address.js';
import type { FactReader, MemberKey, ProgrammeBook, Tx } from '../command.js';

/** A member, and when their last willing act was, in milliseconds. */
export interface SilentSince {
  memberId: string;
  lastAct: number;
}

/** Points of a member without a date, which came under one version. */
export interface DatelessPoints {
  memberId: string;
  /** The version whose terms they have. */
  versionNo: number;
  /** The last act of their member, or when they came if not by one and later; milliseconds. */
  since: number;
  points: number;
  held: number;
  /** Numbers of the postings that opened the first and the last lot of them. */
  fromSeq: number;
  upTo: number;
}

interface Row {
  member_id: string;
  version_no: number;
  since: Date;
  points: string;
  held: string;
  from_seq: number;
  up_to: number;
}

/**
 * Open lots without a date, each with the posting that opened it and that of the lot whose terms it
 * has. What comes with a purchase, cleared or not, comes by an act of the member; for all else it counts
 * when it came.
 */
const dateless = `JOIN lots l ON l.bucket = u.bucket AND l.member_id = u.member_id
   AND l.remaining > 0 AND l.expires_at IS NULL
  JOIN postings p ON p.bucket = l.bucket AND p.member_id = l.member_id AND p.seq = l.seq
  JOIN postings o ON o.bucket = l.bucket AND o.member_id = l.member_id
   AND o.seq = coalesce(l.origin_seq, l.seq)`;
const cameAt = `CASE WHEN p.kind NOT IN ('accrue', 'clear') THEN p.recorded_at END`;

/** Points that have no date, of many members at once. */
@Injectable()
export class SilentLotsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async of(members: readonly SilentSince[]): Promise<DatelessPoints[]> {
    if (members.length === 0) return [];
    const rows = await this.dataSource.query<Row[]>(
      `SELECT l.member_id, o.version_no, greatest(u.last_act, ${cameAt}) AS since,
              sum(l.remaining) AS points, sum(l.held) AS held,
              min(l.seq) AS from_seq, max(l.seq) AS up_to
         FROM unnest($1::smallint[], $2::uuid[], $3::timestamptz[])
                AS u (bucket, member_id, last_act)
         ${dateless}
        GROUP BY l.member_id, o.version_no, greatest(u.last_act, ${cameAt})
        ORDER BY l.member_id, min(l.seq), o.version_no`,
      [
        ...memberColumns(members.map(({ memberId }) => ({ bucket: bucketOf(memberId), memberId }))),
        members.map(({ lastAct }) => new Date(lastAct)),
      ],
    );
    return rows.map((row) => ({
      memberId: row.member_id,
      versionNo: row.version_no,
      since: row.since.getTime(),
      points: Number(row.points),
      held: Number(row.held),
      fromSeq: row.from_seq,
      upTo: row.up_to,
    }));
  }
}

/** Which open lots go by silence, for the core to decide on. */
export function silentFacts(programmes: ProgrammeBook): FactReader {
  let reader = readers.get(programmes);
  if (reader === undefined) {
    reader = { read: (tx, members) => readSilent(tx, members, programmes) };
    readers.set(programmes, reader);
  }
  return reader;
}

/** One for each book, so that the commands of a batch share what is read. */
const readers = new WeakMap<ProgrammeBook, FactReader>();

async function readSilent(
  tx: Tx,
  members: readonly MemberKey[],
  programmes: ProgrammeBook,
): Promise<Map<string, Partial<MemberState>>> {
  const { rows } = await tx.query<
    LotKey & { member_id: string; version_no: number; came_at: Date | null }
  >({
    name: 'read-silent-lots',
    text: `SELECT l.member_id, l.seq, l.n, o.version_no, ${cameAt} AS came_at
             FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id) ${dateless}`,
    values: memberColumns(members),
  });
  const found = new Map(members.map(({ memberId }) => [memberId, new Map<string, SilentTerms>()]));
  for (const { member_id, version_no, came_at, ...key } of rows) {
    const { expiry } = programmes.version(version_no);
    if (expiry.kind !== 'inactivity') continue;
    const { months } = expiry;
    const terms = { months, versionNo: version_no, cameAt: came_at?.getTime() ?? null };
    found.get(member_id)?.set(lotKey(key), terms);
  }
  return new Map([...found].map(([memberId, silentLots]) => [memberId, { silentLots }]));
}
