import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, describe } from './support/table-kinds.js';

/**
 * The final shape of the hot tables. Every member-owned table starts its primary key and every
 * unique index with (bucket, member_id), so that the same schema can be distributed by bucket; no
 * foreign key joins two hot tables, because each one costs a look-up per row written.
 */
export class MemberOwnedTablesStartWithTheBucket1764000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...people, ...ledger, ...features, ...directories]) {
      await queryRunner.query(statement);
    }
    for (const [table, comment] of comments) await describe(queryRunner, table, comment);
    await appendOnly(queryRunner, ['postings', 'entries']);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [table] of [...comments].reverse()) {
      await queryRunner.query(`DROP TABLE ${table}`);
    }
    await queryRunner.query('DROP FUNCTION refuse_change()');
  }
}

const member = 'bucket smallint NOT NULL, member_id uuid NOT NULL';

const people = [
  `CREATE TABLE members (${member},
     status text NOT NULL CHECK (status IN ('active', 'closed')),
     enrolled_at timestamptz NOT NULL,
     enrolled_by text NOT NULL,
     tombstone_of uuid,
     PRIMARY KEY (bucket, member_id),
     CONSTRAINT member_bucket_in_range CHECK (bucket BETWEEN 0 AND 63))`,
  `CREATE TABLE persons (${member},
     name text,
     card_number text,
     email text,
     phone text,
     salt bytea NOT NULL,
     PRIMARY KEY (bucket, member_id))`,
  `CREATE TABLE consents (${member},
     seq integer NOT NULL,
     text_version text NOT NULL,
     act text NOT NULL,
     channel text NOT NULL,
     at timestamptz NOT NULL,
     recorded_at timestamptz NOT NULL,
     PRIMARY KEY (bucket, member_id, seq))`,
];

const ledger = [
  // fillfactor 70 and no second index: 99.99 % of the updates stay on their page (HOT).
  `CREATE TABLE accounts (${member},
     version integer NOT NULL,
     head bytea NOT NULL,
     points bigint NOT NULL,
     held bigint NOT NULL,
     owed bigint NOT NULL,
     pending bigint NOT NULL,
     qualifying numeric(38) NOT NULL,
     remainder bigint NOT NULL,
     tier text NOT NULL,
     changes_at timestamptz,
     newest_at timestamptz,
     PRIMARY KEY (bucket, member_id),
     CONSTRAINT account_points_not_negative CHECK (points BETWEEN 0 AND 9007199254740991),
     CONSTRAINT account_held_not_negative CHECK (held >= 0),
     CONSTRAINT account_owed_not_negative CHECK (owed >= 0),
     CONSTRAINT account_pending_within_points CHECK (pending BETWEEN 0 AND points),
     CONSTRAINT account_remainder_below_one_point CHECK (remainder BETWEEN 0 AND 999999999)
   ) WITH (fillfactor = 70)`,
  `CREATE TABLE postings (${member},
     seq integer NOT NULL,
     kind text NOT NULL CHECK (kind IN ('accrue', 'return', 'redeem', 'adjust', 'expire',
       'transfer', 'merge', 'review', 'refused', 'hold', 'release')),
     caller text NOT NULL,
     operation text NOT NULL,
     idem_key text,
     body_hash bytea,
     version_no integer NOT NULL,
     subject_seq integer,
     peer_bucket smallint,
     peer_member_id uuid,
     peer_seq integer,
     occurred_at timestamptz NOT NULL,
     recorded_at timestamptz NOT NULL,
     actor text NOT NULL,
     request_id text NOT NULL,
     billionths bigint NOT NULL,
     remainder_after bigint NOT NULL,
     points_after bigint NOT NULL,
     held_after bigint NOT NULL,
     owed_after bigint NOT NULL,
     pending_after bigint NOT NULL,
     qualifying_after numeric(38) NOT NULL,
     tier_after text NOT NULL,
     explanation json NOT NULL,
     effects json NOT NULL,
     content_digest bytea,
     prev_hash bytea NOT NULL,
     hash bytea NOT NULL,
     PRIMARY KEY (bucket, member_id, seq))`,
  `CREATE UNIQUE INDEX posting_key_once
     ON postings (bucket, member_id, caller, operation, idem_key) WHERE idem_key IS NOT NULL`,
  `CREATE TABLE entries (${member},
     seq integer NOT NULL,
     n smallint NOT NULL,
     debit text NOT NULL,
     credit text NOT NULL,
     amount bigint NOT NULL,
     lot_seq integer,
     lot_n smallint,
     PRIMARY KEY (bucket, member_id, seq, n),
     CONSTRAINT entry_amount_positive CHECK (amount > 0),
     CONSTRAINT entry_moves_between_two_accounts CHECK (debit <> credit))`,
  `CREATE TABLE lots (${member},
     seq integer NOT NULL,
     n smallint NOT NULL,
     funder text NOT NULL,
     accrued_at timestamptz NOT NULL,
     available_from timestamptz NOT NULL,
     expires_at timestamptz,
     amount bigint NOT NULL,
     remaining bigint NOT NULL,
     held bigint NOT NULL,
     origin_seq integer,
     origin_n smallint,
     PRIMARY KEY (bucket, member_id, seq, n),
     CONSTRAINT lot_held_within_remaining_within_amount
       CHECK (0 <= held AND held <= remaining AND remaining <= amount)
   ) WITH (fillfactor = 85)`,
  `CREATE TABLE counters (${member},
     counter text NOT NULL,
     period_start timestamptz NOT NULL,
     used bigint NOT NULL,
     PRIMARY KEY (bucket, member_id, counter, period_start)
   ) WITH (fillfactor = 70)`,
  `CREATE TABLE outbox (${member}, seq integer NOT NULL, PRIMARY KEY (bucket, member_id, seq))`,
];

const features = [
  `CREATE TABLE purchases (${member},
     seq integer NOT NULL,
     retailer text NOT NULL,
     reference text,
     reference_hmac bytea NOT NULL,
     occurred_at timestamptz NOT NULL,
     content json,
     returned json,
     salt bytea,
     PRIMARY KEY (bucket, member_id, seq))`,
  `CREATE UNIQUE INDEX purchase_reference_once
     ON purchases (bucket, member_id, retailer, reference_hmac)`,
  `CREATE TABLE redemptions (${member},
     seq integer NOT NULL,
     retailer text NOT NULL,
     reward text NOT NULL,
     points bigint NOT NULL CHECK (points > 0),
     state text NOT NULL CHECK (state IN ('held', 'captured', 'released', 'expired')),
     expires_at timestamptz NOT NULL,
     changed_seq integer NOT NULL,
     delivery json,
     PRIMARY KEY (bucket, member_id, seq))`,
  `CREATE INDEX open_redemptions ON redemptions (bucket, member_id) WHERE state = 'held'`,
  `CREATE TABLE standings (${member},
     from_seq integer NOT NULL,
     tier text NOT NULL,
     why json NOT NULL,
     keep_until timestamptz,
     review_on date,
     PRIMARY KEY (bucket, member_id, from_seq))`,
  `CREATE TABLE due (${member},
     what text NOT NULL,
     due_at timestamptz NOT NULL,
     PRIMARY KEY (bucket, member_id, what))`,
  'CREATE INDEX due_by_time ON due (bucket, what, due_at)',
];

const directories = [
  `CREATE TABLE request_keys (
     idem_key text NOT NULL,
     caller text NOT NULL,
     operation text NOT NULL,
     ${member},
     body_hash bytea NOT NULL,
     PRIMARY KEY (idem_key, caller, operation))`,
  `CREATE TABLE purchase_references (
     hmac bytea NOT NULL,
     retailer text NOT NULL,
     ${member},
     body_hash bytea NOT NULL,
     PRIMARY KEY (hmac, retailer))`,
  `CREATE TABLE handles (
     kind text NOT NULL CHECK (kind IN ('card', 'email', 'phone')),
     hmac bytea NOT NULL,
     ${member},
     PRIMARY KEY (kind, hmac))`,
];

const comments: [string, string][] = [
  ['members', 'M: who opted in, and whether the membership is active'],
  ['persons', 'M: contact data, erasable; never joined into the ledger'],
  ['consents', "M: the member's own act of opting in: text version, channel, time"],
  ['accounts', 'M: cached figures of one member; a function of postings and entries'],
  ['postings', 'M append-only: one ledger transaction, hash-chained per member'],
  ['entries', 'M append-only: one balanced pair; debit and credit are account codes'],
  ['lots', 'M: points accrued together, with their own availability and expiry'],
  ['counters', 'M: how much of a cap or cool-down a member has used in a period'],
  ['outbox', 'M: postings whose event has not been fanned out to deliveries yet'],
  ['purchases', 'M: what was bought, erasable; the posting keeps a salted digest'],
  ['redemptions', 'M: state of each redemption; which lots it holds is in the entries'],
  ['standings', 'M: tier history of a member, one row from each posting that changed it'],
  ['due', 'M: when a job must look at a member again; lazily re-queued'],
  ['request_keys', 'D: idempotency key -> member address'],
  ['purchase_references', 'D: HMAC of a purchase reference -> member address'],
  ['handles', 'D: HMAC of a card number, e-mail or phone -> member address'],
];
