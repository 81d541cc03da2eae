import { Inject, Injectable } from '@nestjs/common';
import { auditLine } from '../access/audit.service.js';
import type { Caller } from '../access/caller.js';
import { StaffReading } from '../access/staff.queries.js';
import { fenced, type Fence } from '../jobs/job.js';
import { isMemberId } from '../ledger/address.js';
import type { Command, Decision, FactReader, OwnedRows } from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import type { CheckedMember } from '../ledger/proof/members-check.service.js';
import type { RowDifference } from '../ledger/rebuild/compare.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { freezeWriter, unfreezeWriter } from '../members/freezes/freezes.queries.js';
import { DomainError } from '../platform/http/domain-error.js';
import { Log } from '../platform/logging/log.service.js';
import type { State } from '../rules/state.js';

/** Names of tables and columns told of one member at most; more of them tell no more. */
const NAMED_MAX = 20;

/** `accounts.points` and so on, each once: nothing of what is in them. */
export const namesOf = (differences: readonly RowDifference[]): string[] =>
  [...new Set(differences.map(({ table, column }) => `${table}.${column}`))].slice(0, NAMED_MAX);

/** Stops and allows the spending of members, under the lock of their account. */
@Injectable()
export class Freezing {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Stops it; of somebody who is frozen already nothing changes. */
  async freeze({ memberId, differences }: CheckedMember, fence: Fence): Promise<void> {
    const found = namesOf(differences);
    this.log.event('error', 'What is stored of a member differs from what was posted', {
      member: memberId,
      found,
    });
    const by = { caller: 'fealty', actor: 'job/reconciliation', requestId: 'job/reconciliation' };
    const command = changing(memberId, 'freeze', by, (state, at) => {
      if (isFrozen(state)) return [];
      const what = { actor: by.actor, action: 'spending.frozen', subject: `member/${memberId}` };
      return [
        { writer: freezeWriter, rows: [{ memberId, at, found }] },
        auditLine(at, { ...what, details: { found } }),
      ];
    });
    await this.ledger.submit(fenced(command, fence));
  }

  /** Allows it again; never to oneself. */
  async unfreeze(
    memberId: string,
    reason: string,
    { caller, requestId }: { caller: Caller; requestId: string },
  ): Promise<void> {
    if (caller.kind !== 'user') throw new DomainError('forbidden', 'Staff only.');
    if (!isMemberId(memberId)) throw new DomainError('unknown_member', 'There is no such member.');
    const userId = caller.id.slice('u/'.length);
    const staff = new StaffReading([userId]);
    const by = { caller: caller.id, actor: caller.actor, requestId };
    const rows = (state: State, at: number): OwnedRows[] => {
      if (staff.allowed(userId, 'spending:unfreeze').memberId === memberId) {
        throw new DomainError('own_account', 'Somebody else has to do that for your own account.');
      }
      if (!isFrozen(state)) throw new DomainError('not_frozen', 'The member may spend.');
      const { actor } = caller;
      const what = { actor, action: 'spending.unfrozen', subject: `member/${memberId}` };
      return [
        { writer: unfreezeWriter, rows: [{ memberId, at, by: actor, reason }] },
        auditLine(at, { ...what, details: { reason } }),
      ];
    };
    await this.ledger.submit(changing(memberId, 'unfreeze', by, rows, [staff]));
  }
}

const isFrozen = ({ members: [member] }: State): boolean => member?.isFrozen === true;

/** A command that moves nothing, and writes rows under the member's lock. */
function changing(
  memberId: string,
  operation: string,
  by: Pick<Command, 'caller' | 'actor' | 'requestId'>,
  rows: (state: State, now: number) => OwnedRows[],
  facts: readonly FactReader[] = [],
): Command {
  return {
    ...by,
    memberIds: [memberId],
    operation,
    needs: () => ({ spending: false, counters: [], facts: [memberFacts, ...facts] }),
    decide: (state, { now }): Decision => ({
      outcome: { state, postings: [] },
      owned: rows(state, now),
    }),
  };
}
