import { Shown } from '../../platform/openapi/view.decorator.js';
import type { SideReport } from './report.js';

/** Whole numbers by a name. */
export const counts = { type: 'object', additionalProperties: { type: 'integer' } } as const;
const fraction = { type: 'number', minimum: 0, maximum: 1 } as const;
const points = { type: 'number' } as const;

class HistoryReachView {
  @Shown(points, 'Of the buyer in the middle; null = never, or there is none.', 'nullable')
  median: number | null;

  @Shown(points, 'Of the buyer below whom a quarter is.', 'nullable')
  quarter: number | null;
}

class HistoryRulePaidView {
  @Shown('text')
  id: string;

  @Shown(points)
  points: number;

  @Shown('whole')
  members: number;
}

class HistoryOfferUptakeView {
  @Shown('text')
  code: string;

  @Shown('whole', 'Members who bought while it ran.')
  reached: number;

  @Shown('whole', 'Those of them whom it paid.')
  paid: number;

  @Shown(fraction)
  uptake: number;
}

export class HistorySideView {
  @Shown('whole')
  purchases: number;

  @Shown(points, 'Points that purchases and activities earned, returns taken off.')
  accrued: number;

  @Shown('whole', 'Minor units that they are worth to whoever spends them best.')
  cost: number;

  @Shown('whole', 'Points that members have at the end, less what is over.')
  balance: number;

  @Shown('whole', 'Minor units that those are worth.')
  liability: number;

  @Shown('whole', 'Points.')
  owed: number;

  @Shown('whole', 'Points.')
  redeemed: number;

  @Shown('whole', 'Points.')
  expired: number;

  @Shown(counts, 'Members at the end, by the code of their tier.')
  tiers: Readonly<Record<string, number>>;

  @Shown('whole', 'Members who lack a twentieth or less of what the next tier takes.')
  nearTier: number;

  @Shown(fraction, 'How unevenly points are spread over buyers; null = there are none.', 'nullable')
  gini: number | null;

  @Shown(points, 'Share of points on goods of which less is wanted, or that are waste.')
  harmShare: number;

  @Shown(HistoryReachView, 'Months to the first reward that is for everybody.')
  reach: HistoryReachView;

  @Shown(counts, 'What was refused, by its code.')
  refused: Readonly<Record<string, number>>;

  @Shown([HistoryRulePaidView], 'What each rule and offer paid, the most first.')
  rules: HistoryRulePaidView[];

  @Shown([HistoryOfferUptakeView])
  offers: HistoryOfferUptakeView[];
}

/** A side of a replay; nobody is named in it. */
export const sideView = (side: SideReport): HistorySideView => ({
  ...side,
  rules: [...side.rules],
  offers: [...side.offers],
});
