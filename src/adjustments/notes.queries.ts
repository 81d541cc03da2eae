import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf } from '../ledger/address.js';
import type { RowWriter } from '../ledger/command.js';

export interface NoteRow {
  bucket: number;
  member_id: string;
  /** Hex with the `\x` that PostgreSQL reads, as is the salt. */
  digest: string;
  salt: string;
  note: string;
}

/** A note with its digest in hex. The salt keeps a short note from being guessed by its digest. */
export function newNote(memberId: string, note: string): { digest: string; row: NoteRow } {
  const salt = randomUUID().replaceAll('-', '');
  const digest = createHash('sha256').update(salt).update(note).digest('hex');
  const bucket = bucketOf(memberId);
  return {
    digest,
    row: { bucket, member_id: memberId, digest: `\\x${digest}`, salt: `\\x${salt}`, note },
  };
}

/** Writes notes beside the posting or the approval that vouches for them. */
export const noteWriter: RowWriter<NoteRow> = {
  write: (tx, rows) =>
    tx.query({
      name: 'insert-notes',
      text: `INSERT INTO notes (bucket, member_id, digest, salt, note)
             SELECT bucket, member_id, digest, salt, note
               FROM json_populate_recordset(NULL::notes, $1)`,
      values: [JSON.stringify(rows)],
    }),
};

/** What staff wrote down, until it is erased. */
@Injectable()
export class NotesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The note of a digest in hex; null when there is none, or none any more. */
  async note(memberId: string, digest: string | null): Promise<string | null> {
    if (digest === null) return null;
    const rows = await this.dataSource.query<{ note: string }[]>(
      `SELECT note FROM notes WHERE bucket = $1 AND member_id = $2 AND digest = decode($3, 'hex')`,
      [bucketOf(memberId), memberId, digest],
    );
    return rows[0]?.note ?? null;
  }
}
