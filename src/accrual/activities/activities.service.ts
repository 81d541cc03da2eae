import { Inject, Injectable } from '@nestjs/common';
import type { Posted } from '../../ledger/command.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { AccrualService, type Request } from '../accrual.service.js';
import { PurchaseReferences } from '../purchase-references.service.js';
import type { RecordActivity } from './activities.requests.js';

/** Turns activities into commands of the ledger: accruals of which nothing was bought. */
@Injectable()
export class ActivitiesService {
  constructor(
    @Inject(AccrualService) private readonly accrual: AccrualService,
    @Inject(PurchaseReferences) private readonly references: PurchaseReferences,
  ) {}

  /** Books an activity once; the same key again answers with the same posting. */
  async record(request: RecordActivity, asking: Request): Promise<Posted> {
    const { kind, value, member, ...happened } = request;
    const memberId = await this.accrual.resolve({ member }, asking.caller);
    const reference = this.references.of(asking.caller, request.reference, 'activity');
    const activity = { ...happened, lines: [], activity: { kind, value } };
    return this.accrual.once(reference, {
      ...this.accrual.command(activity, memberId, asking, reference),
      operation: 'activity',
      idempotency: { key: asking.idempotencyKey, bodyHash: bodyHash(request) },
    });
  }
}
