import type { FactReader, Tx } from '../ledger/command.js';
import { DomainError } from '../platform/http/domain-error.js';
import type { MemberState } from '../rules/state.js';
import { isRole, rolePermissions, type Permission } from './permissions.js';

export interface StaffMember {
  id: string;
  /** Their own membership. */
  memberId: string | null;
  active: boolean;
  permissions: readonly Permission[];
}

interface StaffRow {
  id: string;
  role: string;
  member_id: string | null;
  active: boolean;
}

/**
 * What the staff users of one command are while it is decided: read on the batch's connection after
 * its locks, as what the guard remembers of a user may be half a second old. One is made for each
 * command, and adds nothing to members' states.
 */
export class StaffReading implements FactReader {
  private readonly found = new Map<string, StaffMember>();

  constructor(private readonly userIds: readonly string[]) {}

  async read(tx: Tx): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<StaffRow>({
      name: 'read-staff',
      text: `SELECT u.id, u.role, u.member_id, u.disabled_at IS NULL AS active
               FROM users u WHERE u.id = ANY ($1::uuid[])`,
      values: [this.userIds],
    });
    for (const { id, role, member_id, active } of rows) {
      const permissions = isRole(role) ? rolePermissions[role] : [];
      this.found.set(id, { id, memberId: member_id, active, permissions });
    }
    return new Map();
  }

  /** One of the users named; undefined when there is none of this id. */
  of(userId: string): StaffMember | undefined {
    return this.found.get(userId);
  }

  /** One who may still do what a permission allows, whatever the guard remembers. */
  allowed(userId: string, permission: Permission): StaffMember {
    const user = this.of(userId);
    if (user?.active === true && user.permissions.includes(permission)) return user;
    throw new DomainError('forbidden', 'The credential does not allow this.');
  }
}
