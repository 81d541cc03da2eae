import { Inject, Injectable } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';
import { Secrets } from '../../platform/config/secrets.js';
import { BUCKETS } from '../address.js';
import { LedgerQueries } from '../ledger.queries.js';
import { checkHeads, IN_DATABASE, type HeadClaim, type HeadsVerification } from './check-heads.js';
import {
  dayAfter,
  dayOf,
  hashOfHead,
  leafText,
  NO_HEAD,
  publicKeyOf,
  signHead,
  type DailyHead,
} from './head.js';
import { HeadsQueries } from './heads.queries.js';
import { MerkleTree } from './merkle.js';

/**
 * A day is closed this long after its midnight. A transaction that wrote before then has ended by
 * now; one that has not is waited for.
 */
const CLOSED_AFTER_MS = 300_000;
const OLD_WRITER_SECONDS = 240;

const BEFORE_ALL = '1970-01-01';

/** Makes the signed heads of days that are over, and holds the ledger against them. */
@Injectable()
export class HeadsService {
  constructor(
    @Inject(HeadsQueries) private readonly heads: HeadsQueries,
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
    @Inject(Secrets) private readonly secrets: Secrets,
  ) {}

  /** Base64 of the public key that new heads are signed with. */
  publicKey(): string {
    if (this.secrets.heads === undefined) throw new Error('There is no key to sign heads with.');
    return publicKeyOf(this.secrets.heads);
  }

  /** The last day that may have a head by the database's clock. */
  async lastClosedDay(): Promise<string> {
    return dayAfter(dayOf((await this.ledger.now()) - CLOSED_AFTER_MS), -1);
  }

  /**
   * Makes every head that is missing up to a day, or up to the last closed one, oldest first and
   * each day in a transaction of its own. Returns the days made: none while another process is
   * at it, or while an old transaction may still add to a day.
   */
  async catchUp(until?: string): Promise<string[]> {
    const closed = await this.lastClosedDay();
    const last = until === undefined || until > closed ? closed : until;
    const made: string[] = [];
    for (;;) {
      const day = await this.heads.whileLocked((runner) => this.makeNext(runner, last));
      if (day === undefined) return made;
      made.push(day);
    }
  }

  /** The closed days that have no head yet, oldest first. */
  async missing(): Promise<string[]> {
    const last = await this.lastClosedDay();
    const days: string[] = [];
    const first = await this.heads.inTransaction((runner) => this.heads.nextDay(runner));
    for (let day = first; day !== undefined && day <= last; day = dayAfter(day)) days.push(day);
    return days;
  }

  /**
   * Compares postings with heads: those of the database, and those of files that were kept
   * elsewhere, signed with any of the trusted keys.
   */
  async verify(
    elsewhere: readonly HeadClaim[],
    trustedKeys: readonly string[],
  ): Promise<HeadsVerification> {
    // One snapshot, so that a day made in between is seen whole or not at all.
    return this.heads.inTransaction(async (runner) => {
      const own = await this.heads.heads(undefined, runner);
      const claims = [...own.map((head) => ({ head, where: IN_DATABASE })), ...elsewhere];
      const days = claims.map(({ head }) => head.day).sort();
      const last = days.at(-1);
      const keys = new Set(trustedKeys);
      if (last === undefined) return checkHeads([], keys, noLeaves());
      return checkHeads(claims, keys, this.heads.leaves(runner, BEFORE_ALL, last));
    }, 'REPEATABLE READ');
  }

  private async makeNext(runner: QueryRunner, last: string): Promise<string | undefined> {
    const { secrets } = this;
    const day = await this.heads.nextDay(runner);
    if (day === undefined || day > last) return undefined;
    if (secrets.heads === undefined) throw new Error('There is no key to sign heads with.');
    if (await this.heads.hasOldWriters(runner, OLD_WRITER_SECONDS)) return undefined;
    const key = secrets.heads;
    const before = await this.heads.heads(dayAfter(day, -1), runner);
    const trees = Array.from({ length: BUCKETS }, () => new MerkleTree());
    for await (const leaf of this.heads.leaves(runner, day, day)) {
      trees[leaf.bucket]?.add(leafText(leaf));
    }
    const heads = trees.map((tree, bucket): DailyHead => {
      const previous = before.find((head) => head.bucket === bucket);
      const content = {
        bucket,
        day,
        root: tree.root(),
        previous: previous === undefined ? NO_HEAD : hashOfHead(previous),
        members: tree.size,
      };
      return signHead(content, key);
    });
    await this.heads.insert(runner, heads);
    return day;
  }
}

async function* noLeaves(): AsyncGenerator<never> {
  yield* [];
}
