import { Inject, Injectable } from '@nestjs/common';
import type { Posted } from '../../ledger/command.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
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
    checkReading(request);
    const { kind, value, category, reading, member, ...happened } = request;
    const memberId = await this.accrual.resolve({ member }, asking.caller);
    const reference = this.references.of(asking.caller, request.reference, 'activity');
    const activity = { ...happened, lines: [], activity: { kind, value, category, reading } };
    return this.accrual.once(reference, {
      ...this.accrual.command(activity, memberId, asking, reference),
      operation: 'activity',
      idempotency: { key: asking.idempotencyKey, bodyHash: bodyHash(request) },
    });
  }
}

/** A meter reading says of what it is and what the meter shows; nothing else does. */
function checkReading({ kind, value, category, reading }: RecordActivity): void {
  const isReading = kind === 'meter_reading';
  const faults = Object.entries({ category, reading, value }).flatMap(([field, said]) => {
    const isWanted = isReading ? field !== 'value' : field === 'value';
    if (said === undefined ? !isReading || !isWanted : isWanted) return [];
    const detail = `A ${kind} has ${isWanted ? 'a' : 'no'} ${field}.`;
    return [{ pointer: `/${field}`, code: isWanted ? 'is_missing' : 'is_unknown', detail }];
  });
  const [first] = faults;
  if (first !== undefined) throw new DomainError('invalid_request', first.detail, {}, faults);
}
