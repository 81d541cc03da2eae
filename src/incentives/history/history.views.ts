import { Shown } from '../../platform/openapi/view.decorator.js';
import type { ChangeReport, HistoryReport, LootReport, SideReport } from './report.js';

const counts = { type: 'object', additionalProperties: { type: 'integer' } } as const;
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

class HistorySideView {
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

class HistoryMemberChangeView {
  @Shown('memberId')
  member: string;

  @Shown('whole', 'Minor units.')
  value: number;
}

class HistoryChangeView {
  @Shown('whole')
  members: number;

  @Shown('whole', 'Minor units.')
  value: number;

  @Shown([HistoryMemberChangeView], 'Who it is most of; empty for who may not read members.')
  largest: HistoryMemberChangeView[];
}

class HistoryAsBookedView {
  @Shown('whole', 'Members who end under the version in force with just what the ledger has.')
  members: number;

  @Shown('whole', 'Others: something was decided by another version, or met a limit.')
  otherwise: number;

  @Shown({ type: 'array', items: { type: 'string' } }, 'Some of them.')
  some: string[];
}

class HistoryLeftView {
  @Shown('whole', 'Purchases of which what was bought is erased.')
  erased: number;

  @Shown(counts, 'What no rule decides, taken over as it was, by kind.')
  carried: Readonly<Record<string, number>>;
}

class HistoryMoveView {
  @Shown({ type: 'string' })
  from: string;

  @Shown({ type: 'string' })
  to: string;

  @Shown('whole')
  members: number;
}

class HistoryLootView {
  @Shown('text')
  name: string;

  @Shown({ type: 'array', items: { type: 'string' } }, 'Checks whose witnesses do the like.')
  like: string[];

  @Shown('whole', 'Members with whom there was something to try.')
  tried: number;

  @Shown('whole', 'Those with whom it brought more than honesty.')
  gained: number;

  @Shown('whole', 'Minor units that it brought more.')
  value: number;

  @Shown([HistoryMemberChangeView])
  largest: HistoryMemberChangeView[];

  @Shown('whole', 'Members with whom it brought more than is meant to be given.')
  beyond: number;

  @Shown('whole', 'Minor units beyond that.')
  beyondValue: number;

  @Shown('whole', 'Members who have done the like.')
  seen: number;

  @Shown('whole', 'How often they have.')
  times: number;
}

export class HistoryView {
  @Shown('instant')
  from: string;

  @Shown('instant')
  until: string;

  @Shown('whole')
  months: number;

  @Shown('whole')
  members: number;

  @Shown('whole', 'Members who bought.')
  buyers: number;

  @Shown('whole', 'Members who did nothing for a year.')
  dormant: number;

  @Shown('whole')
  postings: number;

  @Shown(HistoryAsBookedView)
  asBooked: HistoryAsBookedView;

  @Shown(HistoryLeftView, 'What is not decided again.')
  left: HistoryLeftView;

  @Shown(HistorySideView, 'Under the version in force.')
  live: HistorySideView;

  @Shown(HistorySideView, 'Under the document.')
  draft: HistorySideView;

  @Shown(HistoryChangeView)
  gained: HistoryChangeView;

  @Shown(HistoryChangeView)
  lost: HistoryChangeView;

  @Shown([HistoryMoveView], 'Members by their tier under both; empty = none.')
  moves: HistoryMoveView[];

  @Shown(
    [HistoryLootView],
    'What adversaries would make of it; null = none were let loose.',
    'nullable',
  )
  adversaries: HistoryLootView[] | null;
}

/** Members are named only to those who may look at members. */
export function historyView(report: HistoryReport, isNaming: boolean): HistoryView {
  const { asBooked, live, draft, gained, lost, moves, adversaries } = report;
  const named = <Of>(members: readonly Of[]): Of[] => (isNaming ? [...members] : []);
  const changeView = ({ largest, ...change }: ChangeReport): HistoryChangeView => ({
    ...change,
    largest: named(largest),
  });
  const lootView = ({ like, largest, ...loot }: LootReport): HistoryLootView => ({
    ...loot,
    like: [...like],
    largest: named(largest),
  });
  return {
    ...report,
    asBooked: { ...asBooked, some: named(asBooked.some) },
    live: sideView(live),
    draft: sideView(draft),
    gained: changeView(gained),
    lost: changeView(lost),
    moves: [...moves],
    adversaries: adversaries?.map(lootView) ?? null,
  };
}

const sideView = (side: SideReport): HistorySideView => ({
  ...side,
  rules: [...side.rules],
  offers: [...side.offers],
});
