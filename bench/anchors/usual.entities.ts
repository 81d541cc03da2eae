/** Tables as TypeORM applications usually have them: one number as key, and foreign keys. */
import {
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm';

@Entity('usual_account')
export class UsualAccount {
  @PrimaryColumn('uuid')
  memberId: string;

  @Column('integer')
  version: number;

  @Column('bigint')
  points: string;

  @Column('bigint')
  held: string;

  @Column('bigint')
  qualifying: string;

  @Column('bigint')
  remainder: string;

  @Column('text')
  tier: string;

  @Column('text')
  head: string;
}

@Entity('usual_posting')
export class UsualPosting {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id: string;

  @Index()
  @ManyToOne(() => UsualAccount)
  @JoinColumn({ name: 'member_id' })
  account: UsualAccount;

  @Column('text')
  kind: string;

  @Column('timestamptz')
  occurredAt: Date;

  @Column('timestamptz')
  recordedAt: Date;

  @Column('json')
  explanation: object;

  @Column('text')
  hash: string;
}

@Entity('usual_request_key')
export class UsualRequestKey {
  @PrimaryColumn('text')
  key: string;

  @ManyToOne(() => UsualPosting)
  posting: UsualPosting;
}

@Entity('usual_reference')
export class UsualReference {
  @PrimaryColumn('text')
  reference: string;

  @ManyToOne(() => UsualPosting)
  posting: UsualPosting;
}

@Entity('usual_purchase')
export class UsualPurchase {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id: string;

  @Index()
  @ManyToOne(() => UsualPosting)
  posting: UsualPosting;

  @Column('json')
  content: object;
}

@Entity('usual_lot')
export class UsualLot {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id: string;

  @Index()
  @ManyToOne(() => UsualAccount)
  @JoinColumn({ name: 'member_id' })
  account: UsualAccount;

  @ManyToOne(() => UsualPosting)
  posting: UsualPosting;

  @Column('timestamptz')
  availableFrom: Date;

  @Column('timestamptz', { nullable: true })
  expiresAt: Date | null;

  @Column('bigint')
  amount: string;

  @Column('bigint')
  remaining: string;

  @Column('bigint')
  held: string;
}

@Entity('usual_entry')
export class UsualEntry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id: string;

  @Index()
  @ManyToOne(() => UsualPosting)
  posting: UsualPosting;

  @ManyToOne(() => UsualLot)
  lot: UsualLot;

  @Column('text')
  debit: string;

  @Column('text')
  credit: string;

  @Column('bigint')
  amount: string;
}

@Entity('usual_counter')
export class UsualCounter {
  @PrimaryColumn('uuid')
  memberId: string;

  @PrimaryColumn('text')
  counter: string;

  @PrimaryColumn('bigint')
  periodStart: string;

  @Column('bigint')
  used: string;
}

@Entity('usual_outbox')
export class UsualOutbox {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id: string;

  @ManyToOne(() => UsualPosting)
  posting: UsualPosting;
}

export const usualEntities = [
  UsualAccount,
  UsualPosting,
  UsualRequestKey,
  UsualReference,
  UsualPurchase,
  UsualLot,
  UsualEntry,
  UsualCounter,
  UsualOutbox,
];
