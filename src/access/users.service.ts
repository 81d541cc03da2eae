import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../platform/http/domain-error.js';
import { UserEntity } from './access.entity.js';
import { AuditService } from './audit.service.js';
import { newUserToken } from './credentials/credential.js';
import type { Role } from './permissions.js';

/** Staff: a name, a role and a token that is shown once. */
@Injectable()
export class UsersService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  async create(user: {
    name: string;
    role: Role;
    /** Their own membership; that it exists is the caller's part. */
    memberId?: string | undefined;
    createdBy: string;
  }): Promise<{ token: string; userId: string }> {
    const { name, role, memberId = null, createdBy } = user;
    const { text, digest } = newUserToken();
    const userId = randomUUID();
    return this.dataSource.transaction(async (tx) => {
      const created = await tx.query<unknown[]>(
        `INSERT INTO users (id, name, role, token_digest, created_at, member_id)
         VALUES ($1, $2, $3, $4, now(), $5) ON CONFLICT (name) DO NOTHING RETURNING id`,
        [userId, name, role, digest, memberId],
      );
      if (created.length === 0) {
        throw new DomainError('invalid_request', 'There is a user of this name already.');
      }
      await this.audit.record(tx, {
        actor: createdBy,
        action: 'user.created',
        subject: `user/${userId}`,
        details: { role, memberId },
      });
      return { token: text, userId };
    });
  }

  /** Without digests, by name. */
  async list(): Promise<UserEntity[]> {
    return this.dataSource.getRepository(UserEntity).find({ order: { name: 'ASC' }, take: 1_000 });
  }

  /** Id of a user's own membership; undefined = they have none, or there is no such user. */
  async membershipOf(userId: string): Promise<string | undefined> {
    const [row] = await this.dataSource.query<{ member_id: string | null }[]>(
      'SELECT member_id FROM users WHERE id::text = $1',
      [userId],
    );
    return row?.member_id ?? undefined;
  }

  /**
   * Says which membership is a user's own, from the next request on. A user keeps one they have, so
   * that nobody unlinks themselves for an afternoon.
   */
  async link(userId: string, memberId: string, by: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const changed = await tx
        .createQueryBuilder()
        .update(UserEntity)
        .set({ memberId })
        .where('id = :userId AND member_id IS NULL', { userId })
        .execute();
      if (changed.affected !== 1) {
        throw new DomainError('not_found', 'There is no such user without a membership.');
      }
      await this.audit.record(tx, {
        actor: by,
        action: 'user.linked',
        subject: `user/${userId}`,
        details: { memberId },
      });
    });
  }

  /** Every replica refuses the user within a second. Disabling twice changes nothing. */
  async disable(userId: string, by: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const changed = await tx
        .createQueryBuilder()
        .update(UserEntity)
        .set({ disabledAt: () => 'now()' })
        .where('id = :userId AND disabled_at IS NULL', { userId })
        .execute();
      if (changed.affected === 1) {
        const subject = `user/${userId}`;
        await this.audit.record(tx, { actor: by, action: 'user.disabled', subject, details: {} });
      } else if (!(await tx.existsBy(UserEntity, { id: userId }))) {
        throw new DomainError('not_found', 'There is no such user.');
      }
    });
  }
}
