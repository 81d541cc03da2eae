import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import type { Posted } from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { earnedLots } from '../ledger/pairs/earned.queries.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { MembersService } from '../members/members.service.js';
import { memberOf } from '../members/own-member.js';
import { bodyHash } from '../platform/http/canonical.js';
import { DomainError } from '../platform/http/domain-error.js';
import { decided, programmeFor, refusalError } from '../programmes/decide.js';
import { transferCounters } from '../rules/transfers/terms.js';
import type { GivePoints, Receiver } from './transfers.requests.js';

export interface TransferRequest {
  caller: Caller;
  requestId: string;
  idempotencyKey: string;
}

/** Points given by one member to another: one command of the ledger about both of them. */
@Injectable()
export class TransfersService {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(MembersService) private readonly members: MembersService,
  ) {}

  /** The giver's half; a stored refusal is a posting like any other. */
  async give({ member, points }: GivePoints, request: TransferRequest): Promise<Posted> {
    const { caller, requestId, idempotencyKey } = request;
    const giver = memberOf(caller);
    const receiver = await this.receiver(member, caller);
    if (receiver === giver) {
      throw refusalError({ code: 'transfer_to_self', pointer: '/member', details: {} });
    }
    return this.ledger.submit({
      memberIds: [giver, receiver],
      caller: caller.id,
      operation: 'transfer',
      actor: caller.actor,
      requestId,
      idempotency: { key: idempotencyKey, bodyHash: bodyHash({ giver, receiver, points }) },
      needs: (_, { now, programmes }) => ({
        spending: true,
        counters: transferCounters(programmeFor(programmes, now, now).timeZone, now),
        facts: [memberFacts, earnedLots],
      }),
      decide: (state, moment) => {
        const action = { kind: 'transfer', at: moment.now, points } as const;
        return { outcome: decided(state, moment, action), owned: [] };
      },
    });
  }

  private async receiver({ id, card }: Receiver, caller: Caller): Promise<string> {
    if ((id === undefined) === (card === undefined)) {
      throw new DomainError('invalid_request', 'Name the receiver in exactly one way.', {}, [
        { pointer: '/member', code: 'exactly_one', detail: 'Give id or card.' },
      ]);
    }
    return this.members.resolve(id === undefined ? { card: card ?? '' } : { id }, caller);
  }
}
