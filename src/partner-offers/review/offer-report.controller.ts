import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { Rated } from '../../platform/throttle/rated.decorator.js';
import { OfferReviewService } from './offer-review.service.js';
import { offerReportView, OfferReportView } from './offer-report.views.js';

@ApiTags('Offers')
@Controller('v1/offers')
export class OfferReportController {
  constructor(@Inject(OfferReviewService) private readonly reviews: OfferReviewService) {}

  @Get(':code/report')
  @Requires('segments:read')
  @Rated('heavy')
  @Answers(200, OfferReportView, 'What came of an offer, beside members who are held out.')
  async report(@Param('code') code: string): Promise<OfferReportView> {
    return offerReportView(await this.reviews.report(code));
  }
}
