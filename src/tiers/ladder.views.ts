import { Shown } from '../platform/openapi/view.decorator.js';
import { NamedView } from '../programmes/views/programmes.views.js';
import { formatRate } from '../rules/points.js';
import { whole } from '../rules/standing/tally.js';
import type { Programme, Tier } from '../rules/programme.js';
import { BenefitView, metrics, MoneyView } from './tiers.views.js';

const windows = ['lifetime', 'rolling', 'calendar', 'anniversary'] as const;

class TierWayView {
  @Shown({ enum: [...metrics] }, 'Whole points, minor units, or days with a counted purchase.')
  metric: string;

  @Shown('whole', 'From which the tier is reached.')
  threshold: number;

  @Shown('whole', 'What keeps it at a review.')
  keep: number;
}

class CostedBenefitView extends BenefitView {
  @Shown(MoneyView, 'What it costs the programme in a year for a member; for staff.', 'optional')
  cost?: MoneyView;
}

class TierView extends NamedView {
  @Shown('decimal', 'What qualifying points are multiplied by.')
  multiplier: string;

  @Shown([TierWayView], 'Ways to reach and keep it; one will do.')
  ways: TierWayView[];

  @Shown([CostedBenefitView], 'What members of it have beside points.')
  benefits: CostedBenefitView[];

  @Shown(MoneyView, 'What all benefits are worth to a member in a year.')
  worth: MoneyView;

  @Shown(
    MoneyView,
    'What they cost in a year for a member, as far as is said; for staff.',
    'optional',
  )
  cost?: MoneyView;
}

export class LadderView {
  @Shown('whole')
  programmeVersion: number;

  @Shown({ enum: [...windows] }, 'The time whose counts decide.')
  window: string;

  @Shown('whole', 'Months of one window; null = a lifetime.', 'nullable')
  windowMonths: number | null;

  @Shown('whole', 'Months that a tier stays after a missed review.')
  graceMonths: number;

  @Shown('whole', 'Days before a review from which a standing warns.')
  warningDays: number;

  @Shown('flag', 'Whether points beyond the threshold count in the next window.')
  rollsOver: boolean;

  @Shown([TierView], 'Lowest first.')
  tiers: TierView[];
}

/** The ladder of a version; what benefits cost is for staff. */
export function ladderView(programme: Programme, withCost: boolean): LadderView {
  const { no, ladder, tiers } = programme;
  const { window, graceMonths, warningDays, rollsOver } = ladder;
  const months = window.kind === 'anniversary' ? 12 : 'months' in window ? window.months : null;
  return {
    programmeVersion: no,
    window: window.kind,
    windowMonths: months,
    graceMonths,
    warningDays,
    rollsOver,
    tiers: tiers.map((tier) => tierView(programme, tier, withCost)),
  };
}

function tierView({ currency }: Programme, tier: Tier, withCost: boolean): TierView {
  const { code, name, multiplier, ways, benefits } = tier;
  const money = (amount: number): MoneyView => ({ amount, currency });
  const sum = (amounts: readonly number[]): number => amounts.reduce((all, each) => all + each, 0);
  return {
    code,
    name,
    multiplier: formatRate(multiplier),
    ways: ways.map(({ metric, threshold, keep }) => ({
      metric,
      threshold: whole(metric, threshold),
      keep: whole(metric, keep),
    })),
    benefits: benefits.map((benefit) => ({
      code: benefit.code,
      name: benefit.name,
      value: money(benefit.valueMinor),
      ...(withCost && benefit.costMinor !== undefined && { cost: money(benefit.costMinor) }),
    })),
    worth: money(sum(benefits.map(({ valueMinor }) => valueMinor))),
    ...(withCost && { cost: money(sum(benefits.map(({ costMinor = 0 }) => costMinor))) }),
  };
}
