import { Injectable } from '@nestjs/common';
import { toldFacts } from '../events/notices/expiry-notices.queries.js';
import type { Command, Decision } from '../ledger/command.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { programmeFor } from '../programmes/decide.js';
import { act } from '../rules/act.js';

const BY = { caller: 'fealty', actor: 'job/point-expiry', requestId: 'job/point-expiry' };

/** Points of members that go: commands of the ledger that the core decides. */
@Injectable()
export class ExpiryService {
  /** Posts what of a member's points goes by an instant that is over, in milliseconds. */
  expiring(memberId: string, asOf: number): Command {
    return {
      ...BY,
      memberIds: [memberId],
      operation: 'expire',
      needs: () => ({ spending: true, counters: [], facts: [memberFacts, toldFacts] }),
      decide: (state, { now, programmes }): Decision => {
        const programme = programmeFor(programmes, now, now);
        const until = Math.min(asOf, now);
        return { outcome: act(programme, state, { kind: 'expire', at: now, until }), owned: [] };
      },
    };
  }
}
