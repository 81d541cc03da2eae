import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Settings } from '../platform/config/settings.js';
import { DomainError } from '../platform/http/domain-error.js';
import { ApiKeyEntity, RetailerEntity } from './access.entity.js';
import { AuditService } from './audit.service.js';
import { newKey } from './credentials/credential.js';
import {
  defaultScopes,
  isRetailerScope,
  retailerScopes,
  type RetailerKind,
  type RetailerScope,
} from './permissions.js';

export interface NewKey {
  retailer: string;
  /** Of a retailer that does not exist yet; an existing one keeps what it is. */
  retailerKind?: RetailerKind | undefined;
  retailerName?: string | undefined;
  /** Retailer scopes, or `all`; accrual only when left out. */
  scopes?: readonly string[] | undefined;
  /** RFC 3339. */
  expiresAt?: string | undefined;
  createdBy: string;
}

/** Keys of retailers. The secret is returned once and only its digest is stored. */
@Injectable()
export class KeysService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  async create(request: NewKey): Promise<{ key: string; keyId: string }> {
    const { text, digest, keyId } = newKey(this.settings.production ? 'live' : 'test');
    const { retailer: code, createdBy, expiresAt = null } = request;
    const scopes = scopesOf(request);
    return this.dataSource.transaction(async (tx) => {
      const retailer = await this.retailer(tx, request);
      if (scopes.includes('tokens:mint') && retailer.kind !== 'own') {
        throw new DomainError('forbidden', "Only the programme's own retailers may mint tokens.");
      }
      await tx.query(
        `INSERT INTO api_keys (id, retailer, digest, scopes, created_at, created_by, expires_at)
         VALUES ($1, $2, $3, $4, now(), $5, $6)`,
        [keyId, code, digest, scopes, createdBy, expiresAt],
      );
      const details = { retailer: code, scopes, expiresAt };
      await this.audit.record(tx, {
        actor: createdBy,
        action: 'key.created',
        subject: `key/${keyId}`,
        details,
      });
      return { key: text, keyId };
    });
  }

  /** Every replica refuses the key within a second. Revoking twice changes nothing. */
  async revoke(keyId: string, by: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const changed = await tx
        .createQueryBuilder()
        .update(ApiKeyEntity)
        .set({ revokedAt: () => 'now()' })
        .where('id = :keyId AND revoked_at IS NULL', { keyId })
        .execute();
      if (changed.affected === 1) {
        const subject = `key/${keyId}`;
        await this.audit.record(tx, { actor: by, action: 'key.revoked', subject, details: {} });
      } else if (!(await tx.existsBy(ApiKeyEntity, { id: keyId }))) {
        throw new DomainError('not_found', 'There is no such key.');
      }
    });
  }

  /** Without digests; the newest first. */
  async list(): Promise<ApiKeyEntity[]> {
    return this.dataSource
      .getRepository(ApiKeyEntity)
      .find({ order: { createdAt: 'DESC', id: 'ASC' }, take: 1_000 });
  }

  private async retailer(tx: EntityManager, request: NewKey): Promise<RetailerEntity> {
    const { retailer: code, retailerKind: kind = 'partner', retailerName = code } = request;
    const created = await tx.query<{ code: string }[]>(
      `INSERT INTO retailers (code, name, kind, created_at) VALUES ($1, $2, $3, now())
       ON CONFLICT (code) DO NOTHING RETURNING code`,
      [code, retailerName, kind],
    );
    if (created.length > 0) {
      await this.audit.record(tx, {
        actor: request.createdBy,
        action: 'retailer.created',
        subject: `retailer/${code}`,
        details: { name: retailerName, kind },
      });
    }
    return tx.findOneByOrFail(RetailerEntity, { code });
  }
}

/** `all` stands for everything a retailer of this kind may hold. */
function scopesOf({ scopes, retailerKind }: NewKey): RetailerScope[] {
  if (scopes?.length === 1 && scopes[0] === 'all') {
    return retailerScopes.filter((scope) => retailerKind === 'own' || scope !== 'tokens:mint');
  }
  return [...new Set<string>(scopes ?? defaultScopes)].map((scope) => {
    if (isRetailerScope(scope)) return scope;
    throw new DomainError('invalid_request', `A retailer key has no scope ${scope}.`);
  });
}
