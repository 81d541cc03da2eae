import { Column, Entity, PrimaryColumn } from 'typeorm';
import { inWordsOfToday } from './compile/earlier.js';
import type { ProgrammeDocument } from './document.js';

/** A published document. Rows are only ever added; a trigger and missing grants see to it. */
@Entity({ name: 'programme_versions', synchronize: false })
export class ProgrammeVersion {
  /** From 1, without gaps; `effectiveAt` rises with it. */
  @PrimaryColumn({ type: 'integer' })
  no: number;

  /** As published, in the words of today: whoever reads it may publish or change it again. */
  @Column({
    type: 'json',
    transformer: { from: inWordsOfToday, to: (document: ProgrammeDocument) => document },
  })
  document: ProgrammeDocument;

  /** SHA-256 of the document as canonical JSON. */
  @Column({ type: 'bytea' })
  digest: Buffer;

  @Column({ name: 'effective_at', type: 'timestamptz' })
  effectiveAt: Date;

  @Column({ name: 'published_at', type: 'timestamptz' })
  publishedAt: Date;

  /** Who published it, as the audit log names actors. */
  @Column({ name: 'published_by', type: 'text' })
  publishedBy: string;
}
