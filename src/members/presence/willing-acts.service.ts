import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EffectWriter, Tx, WrittenDraft } from '../../ledger/command.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { isWillingAct } from '../../rules/inactivity/acts.js';
import { noteActs } from './presence.queries.js';

/** Notes redemptions and coupons as what they are: signs of life. A batch without one writes nothing. */
@Injectable()
export class WillingActs implements EffectWriter, OnModuleInit {
  constructor(@Inject(LedgerService) private readonly ledger: LedgerService) {}

  onModuleInit(): void {
    this.ledger.register({ effectWriter: this });
  }

  write(tx: Tx, written: readonly WrittenDraft[]): Promise<unknown> | undefined {
    const last = new Map<string, number>();
    for (const { memberId, draft } of written) {
      if (!isWillingAct(draft)) continue;
      last.set(memberId, Math.max(last.get(memberId) ?? draft.occurredAt, draft.occurredAt));
    }
    if (last.size === 0) return undefined;
    return noteActs(
      tx,
      [...last].map(([memberId, at]) => ({ memberId, at })),
    );
  }
}
