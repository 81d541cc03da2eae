import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { LANES } from '../platform/database/data-source.js';
import { balanceAt, type Balance } from '../rules/spending/balance.js';
import { isStale } from '../rules/spending/settle.js';
import { holdsAsOf, lotsAsOf, readNow, type AccountNow } from './balances.queries.js';
import { KeptConnection } from './batch/connection.service.js';
import { byInstant, passedBy } from './history/instants.js';
import { Gathered } from './gathered.js';
import { LedgerQueries } from './ledger.queries.js';

export interface BalanceReading extends Balance {
  /** The instant the balance is true for. */
  asOf: number;
  /** The next lots to expire, soonest first; at most five. */
  nextExpiry: { at: number; points: number }[];
  /** Lots that are still there although their date has passed; the last five dates. */
  pastExpiry: { at: number; points: number }[];
  /** The next instants at which pending points become available; at most five. */
  nextAvailable: { at: number; points: number }[];
}

/** Members in one reading; more wait for the next one. */
const MEMBERS_AT_ONCE = 256;

/** What a member has: now, from the account while it is exact, or as of an instant, from postings. */
@Injectable()
export class BalancesService implements OnApplicationShutdown {
  private readonly connection: KeptConnection;
  private readonly accounts = new Gathered((memberIds) => this.read(memberIds), MEMBERS_AT_ONCE);

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(getDataSourceToken(LANES)) lanes: DataSource,
    @Inject(LedgerQueries) private readonly queries: LedgerQueries,
  ) {
    this.connection = new KeptConnection(lanes);
  }

  /** Now, by the database's clock; undefined when there is no such member. */
  async current(memberId: string): Promise<BalanceReading | undefined> {
    const account = await this.accounts.get(memberId);
    if (account === undefined) return undefined;
    const { now, held, owed } = account;
    // A hold may have run out meanwhile, and which lots it gives back is in its entries.
    if (isStale(account, now) && held > 0) return this.asOf(memberId, now);
    const pending = isStale(account, now) ? pendingOf(account) : account.pending;
    return {
      available: account.points - pending,
      pending,
      held,
      owed,
      asOf: now,
      nextExpiry: byInstant(account.lots, 'expiresAt', now),
      pastExpiry: passedBy(account.lots, now),
      nextAvailable: byInstant(account.lots, 'availableFrom', now),
    };
  }

  /**
   * The balance as it was answered, or would have been, at `asOf` (system time): postings recorded
   * up to then, windows and holds judged at that instant.
   */
  async asOf(memberId: string, asOf: number): Promise<BalanceReading> {
    const last = await this.queries.lastPosting(memberId, asOf);
    const version = last?.seq ?? 0;
    const [lots, holds] = await Promise.all([
      lotsAsOf(this.dataSource, memberId, version),
      holdsAsOf(this.dataSource, memberId, version),
    ]);
    return {
      ...balanceAt(lots, holds, last?.after.owed ?? 0, asOf),
      asOf,
      nextExpiry: byInstant(lots, 'expiresAt', asOf),
      pastExpiry: passedBy(lots, asOf),
      nextAvailable: byInstant(lots, 'availableFrom', asOf),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connection.giveUp();
  }

  private async read(memberIds: readonly string[]): Promise<(AccountNow | undefined)[]> {
    try {
      return await readNow(await this.connection.tx(), memberIds);
    } catch (error) {
      await this.connection.giveUp();
      throw error;
    }
  }
}

/** Pending points of a member without holds, whose cached figure time has overtaken. */
function pendingOf({ lots, now }: AccountNow): number {
  return lots.reduce(
    (sum, { availableFrom, remaining }) => sum + (availableFrom > now ? remaining : 0),
    0,
  );
}
