import { DataSource, type DataSourceOptions } from 'typeorm';
import { ConfigurationIsVersionedAndAccessIsByKey1764000001000 } from '../../../migrations/1764000001000-configuration-is-versioned-and-access-is-by-key.js';
import { MemberOwnedTablesStartWithTheBucket1764000000000 } from '../../../migrations/1764000000000-member-owned-tables-start-with-the-bucket.js';

/** Milliseconds. Waiting longer for a lock or a statement means something is wrong elsewhere. */
const limits = { lock: 2_000, statement: 30_000, idleInTransaction: 10_000 };

export interface ConnectionSettings {
  url: string;
  /** Connections this process may open at most. */
  poolMax: number;
}

/**
 * Options of the serving connection. Statements are pipelined: a batch's writes leave in one
 * packet, and a failed one aborts its transaction, which COMMIT then reports as ROLLBACK.
 */
export function servingOptions(settings: ConnectionSettings): DataSourceOptions {
  return {
    type: 'postgres',
    url: settings.url,
    poolSize: settings.poolMax,
    applicationName: 'fealty',
    extra: {
      pipeline: true,
      connectionTimeoutMillis: 5_000,
      options: [
        '-c timezone=UTC',
        '-c default_transaction_isolation=read\\ committed',
        `-c lock_timeout=${String(limits.lock)}`,
        `-c statement_timeout=${String(limits.statement)}`,
        `-c idle_in_transaction_session_timeout=${String(limits.idleInTransaction)}`,
      ].join(' '),
    },
  };
}

/** The owner's connection, which only migrates. */
export function owningDataSource(ownerUrl: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url: ownerUrl,
    poolSize: 1,
    applicationName: 'fealty-migrate',
    migrationsTableName: 'migrations',
    migrations: [
      MemberOwnedTablesStartWithTheBucket1764000000000,
      ConfigurationIsVersionedAndAccessIsByKey1764000001000,
    ],
  });
}
