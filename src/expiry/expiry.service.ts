import { Injectable } from '@nestjs/common';
import { toldFacts } from '../events/notices/expiry-notices.queries.js';
import type { Command, Decision, FactReader, OpenedBy, ProgrammeBook } from '../ledger/command.js';
import { silentFacts } from '../ledger/lots/silent-lots.queries.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { presenceFacts } from '../members/presence/presence.queries.js';
import { programmeFor } from '../programmes/decide.js';
import { act } from '../rules/act.js';
import { shortestSilence } from '../rules/expiry/not-silent.js';

const BY = { caller: 'fealty', actor: 'job/point-expiry', requestId: 'job/point-expiry' };

/** Points of members that go: commands of the ledger that the core decides. */
@Injectable()
export class ExpiryService {
  /**
   * Posts what of a member's points goes by an instant that is over, in milliseconds: all of it, or
   * where postings are named, at least what they opened.
   */
  expiring(memberId: string, asOf: number, opened?: OpenedBy): Command {
    return {
      ...BY,
      memberIds: [memberId],
      operation: 'expire',
      needs: ({ held, pending }, { programmes }) => {
        const silences = ofSilence(programmes);
        const isQuiet = held === 0 && pending === 0 && silences.length === 0;
        return {
          spending: isQuiet && opened !== undefined ? opened : 'due',
          counters: [],
          facts: [memberFacts, toldFacts, ...silences],
        };
      },
      decide: (state, { now, programmes }): Decision => {
        const programme = programmeFor(programmes, now, now);
        const until = Math.min(asOf, now);
        return { outcome: act(programme, state, { kind: 'expire', at: now, until }), owned: [] };
      },
    };
  }
}

/** What must be known beside, where points of any version go by silence. */
const ofSilence = (programmes: ProgrammeBook): FactReader[] =>
  shortestSilence(programmes.begunBy(Infinity)) === undefined
    ? []
    : [presenceFacts, silentFacts(programmes)];
