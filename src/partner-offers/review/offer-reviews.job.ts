import { Inject, Injectable } from '@nestjs/common';
import { Scheduled } from '../../jobs/job-registry.service.js';
import type { ForeseenPage, Job, Part } from '../../jobs/job.js';
import { OfferReviewService } from './offer-review.service.js';

/** Looks once a day at offers with a stop rule, and pauses those that fail. */
@Scheduled()
@Injectable()
export class OfferReviews implements Job {
  readonly name = 'offer-reviews';
  readonly schedule = { minuteOfDay: 240 };
  readonly parts = 'whole';

  constructor(@Inject(OfferReviewService) private readonly reviews: OfferReviewService) {}

  async run({ fence, count }: Part): Promise<void> {
    count(
      await this.reviews.reviewDue(() => {
        fence.hold();
      }),
    );
  }

  /** All of them on one page, as there are few. */
  async foresee(): Promise<ForeseenPage> {
    const items = [];
    for (const { programme, offer } of await this.reviews.due()) {
      const why = await this.reviews.failing(programme, offer);
      if (why === undefined) continue;
      const dueAt = offer.review.stop?.firstLook ?? 0;
      items.push({ memberId: null, what: 'pause', dueAt, details: { offer: offer.code, why } });
    }
    return { items, next: undefined };
  }
}
