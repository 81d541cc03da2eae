import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * Offers are for members on a list that staff upload. An upload is written under a number of its own,
 * piece by piece, and put in force by one update, so that no decision sees half of it; `upload` is the
 * last one ever put in force, and without `members` the list is taken away. Rows of earlier uploads are
 * cleared afterwards. The rows name members and nothing else of them.
 */
export class MembersAreOnUploadedLists1797091000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    for (const [table, comment] of comments) await describe(queryRunner, table, comment);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE offer_list_members, offer_lists');
  }
}

const statements = [
  `CREATE TABLE offer_lists (
     list text PRIMARY KEY,
     begun integer NOT NULL,
     upload integer,
     members integer,
     replaced_at timestamptz,
     replaced_by text,
     CONSTRAINT list_in_force_is_known CHECK (
       (members IS NULL) = (replaced_at IS NULL) AND (members IS NULL) = (replaced_by IS NULL)
       AND (members IS NULL OR upload IS NOT NULL) AND upload BETWEEN 1 AND begun))`,
  `CREATE TABLE offer_list_members (
     bucket smallint NOT NULL,
     member_id uuid NOT NULL,
     list text NOT NULL,
     upload integer NOT NULL,
     PRIMARY KEY (bucket, member_id, list, upload))`,
];

const comments: [string, string][] = [
  ['offer_lists', 'U: lists of members that offers are for: which upload is in force, by whom'],
  ['offer_list_members', 'M: which uploads of lists a member is in; erasable'],
];
