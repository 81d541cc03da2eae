import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where events are sent. */
@Entity({ name: 'webhook_endpoints', synchronize: false })
export class WebhookEndpoint {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  url: string;

  @Column({ type: 'text' })
  description: string;

  /** Types of events it wants. */
  @Column({ type: 'text', array: true })
  types: string[];

  /** A removed one stays, so that what was still being added to it is found and forgotten. */
  @Column({ type: 'text' })
  state: 'enabled' | 'disabled' | 'removed';

  /** `staff`; `gone`, because it said so with 410; `failing`, because nothing got through. */
  @Column({ name: 'disabled_because', type: 'text', nullable: true })
  disabledBecause: 'staff' | 'gone' | 'failing' | null;

  /** Sealed, as is the one before it. */
  @Column({ type: 'bytea' })
  secret: Buffer;

  @Column({ name: 'old_secret', type: 'bytea', nullable: true })
  oldSecret: Buffer | null;

  /** Until when deliveries are signed with the old secret as well. */
  @Column({ name: 'old_secret_until', type: 'timestamptz', nullable: true })
  oldSecretUntil: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'created_by', type: 'text' })
  createdBy: string;

  /** Tries in a row that failed. */
  @Column({ type: 'integer' })
  failures: number;

  @Column({ name: 'failing_since', type: 'timestamptz', nullable: true })
  failingSince: Date | null;

  /** To ten seconds. */
  @Column({ name: 'last_success_at', type: 'timestamptz', nullable: true })
  lastSuccessAt: Date | null;

  @Column({ name: 'last_failure_at', type: 'timestamptz', nullable: true })
  lastFailureAt: Date | null;

  @Column({ name: 'last_problem', type: 'text', nullable: true })
  lastProblem: string | null;

  /** Until when it is left alone after failures in a row. */
  @Column({ name: 'rests_until', type: 'timestamptz', nullable: true })
  restsUntil: Date | null;
}
