import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { RetailerKind } from '../permissions.js';

export interface KeyRow {
  retailer: string;
  kind: RetailerKind;
  digest: Buffer;
  scopes: string[];
  /** Neither revoked nor expired, by the database's clock. */
  active: boolean;
}

export interface UserRow {
  id: string;
  role: string;
  digest: Buffer;
  active: boolean;
}

/** What the guard asks the database. */
@Injectable()
export class CredentialQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async key(id: string): Promise<KeyRow | undefined> {
    const rows = await this.dataSource.query<KeyRow[]>(
      `SELECT k.retailer, r.kind, k.digest, k.scopes,
              k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AS active
         FROM api_keys k JOIN retailers r ON r.code = k.retailer WHERE k.id = $1`,
      [id],
    );
    return rows[0];
  }

  async user(digest: Buffer): Promise<UserRow | undefined> {
    const rows = await this.dataSource.query<UserRow[]>(
      `SELECT id, role, token_digest AS digest, disabled_at IS NULL AS active
         FROM users WHERE token_digest = $1`,
      [digest],
    );
    return rows[0];
  }

  /** To the minute: replicas that ask at the same time write once. */
  async markKeyUsed(id: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE api_keys SET last_used_at = now()
        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
      [id],
    );
  }
}

/** What kind each retailer is, by code; there are few. */
export async function readRetailerKinds(tx: EntityManager): Promise<Map<string, RetailerKind>> {
  const rows = await tx.query<{ code: string; kind: RetailerKind }[]>(
    'SELECT code, kind FROM retailers',
  );
  return new Map(rows.map(({ code, kind }) => [code, kind]));
}
