import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The only draft there is. */
export const PROGRAMME = 'programme';

/** The next version while it is worked on. */
@Entity({ name: 'drafts', synchronize: false })
export class Draft {
  @PrimaryColumn({ type: 'text' })
  name: string;

  /** Rises with every change, and never starts again. */
  @Column({ type: 'integer' })
  revision: number;

  /** Any JSON object; null = nobody works on one. */
  @Column({ type: 'json', nullable: true })
  document: object | null;

  /** Number of the version its editors began with, or have taken note of; 0 = there was none. */
  @Column({ name: 'base_no', type: 'integer' })
  baseNo: number;

  /** When it was last changed, discarded or published. */
  @Column({ name: 'changed_at', type: 'timestamptz', nullable: true })
  changedAt: Date | null;

  /** By whom, as the audit log names actors. */
  @Column({ name: 'changed_by', type: 'text', nullable: true })
  changedBy: string | null;
}
