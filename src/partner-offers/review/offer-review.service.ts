import { Inject, Injectable } from '@nestjs/common';
import { OfferFiguresQueries } from '../../ledger/crowds/offer-figures.queries.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { isRunning, type Offer } from '../../rules/offers/offer.js';
import type { Programme } from '../../rules/programme.js';
import { OffersQueries } from '../offers/offers.queries.js';
import { OffersService } from '../offers/offers.service.js';
import { audienceOf } from './audience.js';
import { OfferFigures } from './figures.js';
import { judge, type Verdict } from './judge.js';
import { wordsOf } from './words.js';

export interface OfferReport {
  programme: Programme;
  offer: Offer;
  /** Milliseconds; `at`: as of when, `from` and `until`: when what counts happened. */
  at: number;
  from: number;
  until: number;
  figures: OfferFigures;
  activated: number;
  verdict: Verdict;
}

/** Milliseconds for one offer: of whoever waits for an answer, and of the nightly review. */
const ASKED_MS = 15_000;
const NIGHTLY_MS = 120_000;
/** Milliseconds for which staff who let an offer go on are not overruled: seven days. */
const LEFT_ALONE_MS = 7 * 86_400_000;

/** Laws O31 to O33: what came of an offer, and pausing those that fail by their stop rule. */
@Injectable()
export class OfferReviewService {
  constructor(
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(OfferFiguresQueries) private readonly figures: OfferFiguresQueries,
    @Inject(OffersQueries) private readonly queries: OffersQueries,
    @Inject(OffersService) private readonly offers: OffersService,
  ) {}

  async report(code: string): Promise<OfferReport> {
    const programme = await this.programmes.inForce();
    const offer = [...programme.offers.values()].find((each) => each.code === code);
    if (offer === undefined) throw new DomainError('not_found', 'There is no such offer.');
    const report = await this.measured(programme, offer, await this.queries.now(), ASKED_MS);
    if (report === undefined) throw new DomainError('unavailable', 'Counting took too long.');
    return report;
  }

  /** Offers that are looked at now: they run, are not paused, and nobody has let them go on lately. */
  async due(): Promise<{ programme: Programme; offer: Offer }[]> {
    const programme = await this.programmes.inForce();
    const now = await this.queries.now();
    const left = await this.queries.leftAlone(now - LEFT_ALONE_MS);
    return [...programme.offers.values()]
      .filter((offer) => isRunning(offer, now) && !left.has(offer.code))
      .filter(({ review: { stop } }) => stop !== undefined && stop.firstLook <= now)
      .map((offer) => ({ programme, offer }));
  }

  /** Why an offer fails now; undefined = it does not, or counting took too long this time. */
  async failing(programme: Programme, offer: Offer): Promise<string | undefined> {
    const report = await this.measured(programme, offer, await this.queries.now(), NIGHTLY_MS);
    return report?.verdict.kind === 'fails' ? report.verdict.why : undefined;
  }

  /** Pauses every offer that fails, and says why; returns how many. Paused ones are left as they are. */
  async reviewDue(hold: () => void = () => undefined): Promise<number> {
    let paused = 0;
    for (const { programme, offer } of await this.due()) {
      const why = await this.failing(programme, offer);
      if (why === undefined) continue;
      hold();
      if (await this.offers.pauseByProgramme(offer.code, why)) paused += 1;
    }
    return paused;
  }

  private async measured(
    programme: Programme,
    offer: Offer,
    at: number,
    withinMs: number,
  ): Promise<OfferReport | undefined> {
    const rules = this.programmes
      .begunBy(at)
      .flatMap(({ no, effectiveAt, offers }) =>
        [...offers.values()]
          .filter(({ code }) => code === offer.code)
          .map(({ ruleNo }) => ({ no, rule: ruleNo, effectiveAt })),
      );
    const began = Math.min(at, ...rules.map(({ effectiveAt }) => effectiveAt));
    const from = Math.max(offer.from, began);
    const until = Math.max(from, Math.min(at, offer.until));
    const { rows, crowds } = audienceOf(programme, offer.review.audience, Math.min(from, at));
    const figures = new OfferFigures(offer);
    const window = { from, until, rules };
    const isDone = await this.figures.each(rows, crowds, window, withinMs, (member) => {
      figures.add(member);
    });
    if (!isDone) return undefined;
    const activated = await this.queries.activated(offer.code);
    const verdict = judge(offer.review, figures, at, wordsOf(programme));
    return { programme, offer, at, from, until, figures, activated, verdict };
  }
}
