import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { recentNoticesWriter } from '../../events/notices/notices.queries.js';
import type { NoticeDraft } from '../../events/notices/notice.js';
import type { EffectWriter, Tx, WrittenDraft } from '../../ledger/command.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { stepNotice } from './words.js';

/**
 * Notices of tiers that changed or were kept by little, together with the posting that says so. A
 * batch in which no tier did writes nothing for it.
 */
@Injectable()
export class TierNotices implements EffectWriter, OnModuleInit {
  constructor(@Inject(LedgerService) private readonly ledger: LedgerService) {}

  onModuleInit(): void {
    this.ledger.register({ effectWriter: this });
  }

  write(tx: Tx, written: readonly WrittenDraft[]): Promise<unknown> | undefined {
    const rows = written.flatMap((each) => this.noticeOf(each) ?? []);
    return rows.length === 0 ? undefined : recentNoticesWriter.write(tx, rows);
  }

  private noticeOf({ memberId, draft }: WrittenDraft): NoticeDraft | undefined {
    const { standing, versionNo, seq, occurredAt } = draft;
    if (standing === undefined) return undefined;
    const programme = this.ledger.programmes
      .begunBy(Number.MAX_SAFE_INTEGER)
      .find(({ no }) => no === versionNo);
    const told = programme && stepNotice(programme, standing, seq);
    return told && { ...told, memberId, madeAt: occurredAt, dueAt: occurredAt };
  }
}
