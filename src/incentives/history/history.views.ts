import { Shown } from '../../platform/openapi/view.decorator.js';
import type { ChangeReport, HistoryReport, LootReport } from './report.js';
import { counts, HistorySideView, sideView } from './side.views.js';

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
  const { prevalence: _, ...told } = report;
  const { asBooked, live, draft, gained, lost, moves, adversaries } = told;
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
    ...told,
    asBooked: { ...asBooked, some: named(asBooked.some) },
    live: sideView(live),
    draft: sideView(draft),
    gained: changeView(gained),
    lost: changeView(lost),
    moves: [...moves],
    adversaries: adversaries?.map(lootView) ?? null,
  };
}
