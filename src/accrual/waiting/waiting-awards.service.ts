import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { fenced, type Part } from '../../jobs/job.js';
import type { Command } from '../../ledger/command.js';
import {
  WaitingQueries,
  type WaitingPurchase,
} from '../../ledger/history/waiting-points.queries.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { SharedLimitsQueries } from '../../ledger/limits/used.queries.js';
import { memberFacts } from '../../members/member-facts.queries.js';
import { BlockSteps } from '../../partner-offers/partners/block-steps.service.js';
import { programmeFor } from '../../programmes/decide.js';
import { act } from '../../rules/act.js';
import { blockOf } from '../../rules/partners/terms.js';
import { BILLION } from '../../rules/points.js';
import { purchaseFacts } from '../purchase-facts.queries.js';

/** Purchases read at once, and decided at once where the block has enough for all of them. */
const PAGE = 100;
/** Purchases of a partner looked at when it has just paid; the job goes on from there. */
const AT_ONCE = 500;

/**
 * Awards points that wait for partners whose blocks have some again. It may run anywhere, at any
 * time and as often as one likes: what is awarded is decided by the ledger on the locked member.
 */
@Injectable()
export class WaitingAwards implements OnModuleInit {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(WaitingQueries) private readonly waiting: WaitingQueries,
    @Inject(SharedLimitsQueries) private readonly limits: SharedLimitsQueries,
    @Inject(BlockSteps) private readonly blocks: BlockSteps,
  ) {}

  onModuleInit(): void {
    this.blocks.register((partner) => this.award(partner, AT_ONCE));
  }

  /**
   * Awards what waits for every partner, as far as it has paid, and counts the purchases of which
   * something was awarded. One that fails keeps no other from its turn; it fails the run once all have
   * had theirs.
   */
  async awardWaiting(part: Pick<Part, 'fence' | 'count'>): Promise<void> {
    const failures: unknown[] = [];
    for (const { partner } of await this.waiting.totals()) {
      try {
        await this.award(partner, Infinity, part);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** The oldest purchases first: the next one is looked at when the one before has what there is. */
  private async award(
    partner: string,
    most: number,
    part?: Pick<Part, 'fence' | 'count'>,
  ): Promise<void> {
    const failures: unknown[] = [];
    let after: WaitingPurchase | undefined;
    for (let seen = 0; seen < most;) {
      const left = await this.limits.left(blockOf(partner));
      const page = left <= 0 ? [] : await this.waiting.oldest(partner, after, PAGE);
      const some = fitting(page, left);
      if (some.length === 0) break;
      part?.fence.hold();
      const posted = await Promise.allSettled(
        some.map((each) => {
          const command = this.awarding(partner, each);
          return this.ledger.submit(part === undefined ? command : fenced(command, part.fence));
        }),
      );
      for (const each of posted) {
        if (each.status === 'rejected') failures.push(each.reason);
        else if (each.value.postings.length > 0) part?.count(1);
      }
      seen += some.length;
      after = some.at(-1);
    }
    if (failures.length > 0) throw failures[0];
  }

  /** The command that awards what waits of a purchase, as far as its partner's block covers it. */
  awarding(partner: string, { memberId, seq, since }: WaitingPurchase): Command {
    return {
      memberIds: [memberId],
      caller: 'fealty',
      operation: 'award-waiting',
      actor: 'job/waiting-points',
      requestId: 'job/waiting-points',
      needs: (_account, { programmes }) => ({
        spending: true,
        counters: [],
        facts: [memberFacts, purchaseFacts],
        subjects: [seq],
        since: since - programmes.lookBackMs,
        shared: [blockOf(partner)],
      }),
      decide: (state, { now, programmes }) => {
        const programme = programmeFor(programmes, now, now);
        const action = { at: now, purchase: seq, versions: programmes };
        return { outcome: act(programme, state, { kind: 'award_waiting', ...action }), owned: [] };
      },
    };
  }
}

/** Purchases that so many points are enough for together, whose order does not matter then; or one. */
function fitting(page: readonly WaitingPurchase[], left: number): readonly WaitingPurchase[] {
  let asked = 0n;
  const end = page.findIndex(({ billionths }) => {
    // Rounded up, and one more for the fraction of a point that each member may carry.
    asked += billionths / BILLION + 2n;
    return asked > BigInt(left);
  });
  return end === -1 ? page : page.slice(0, Math.max(end, 1));
}
