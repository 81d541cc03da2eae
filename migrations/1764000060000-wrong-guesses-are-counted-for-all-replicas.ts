import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * How often what could be guessed was guessed wrongly, in the shape that the limiting library
 * writes. Unlogged: a crash of the database forgets the counts of the last minutes, and no wrong
 * guess makes it write a log. The key holds an HMAC, never a client's address.
 */
export class WrongGuessesAreCountedForAllReplicas1764000060000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(table);
    await describe(
      queryRunner,
      'wrong_guesses',
      'U: wrong guesses in the window that ends at expire, in milliseconds since 1970',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE wrong_guesses');
  }
}

// Rows are written over and over, so half of each page is kept for the next version of them.
const table = `CREATE UNLOGGED TABLE wrong_guesses (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
) WITH (fillfactor = 50)`;
