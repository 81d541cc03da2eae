import { Shown } from '../../platform/openapi/view.decorator.js';
import { NamedView } from '../../programmes/views/programmes.views.js';
import { formatBillionths } from '../../rules/points.js';
import { progressOf } from './judge.js';
import type { OfferReport } from './offer-review.service.js';

export class OfferMembersView {
  @Shown('whole', 'Active members it is for, those held out not counted.')
  reached: number;

  @Shown('whole', 'Members it would be for who are held out.')
  heldOut: number;

  @Shown('whole', 'Members who have activated it.')
  activated: number;

  @Shown('whole', 'Members it paid something.')
  used: number;

  @Shown('decimal', 'The part of those reached who used it.')
  uptake: string;
}

export class NetSpendView {
  @Shown('decimal', 'Minor units that a member reached spent on average, returns taken off.')
  reached: string;

  @Shown('decimal', 'The same of members who are held out.')
  heldOut: string;

  @Shown('decimal', 'How much more; null with fewer than 30 members in either group.', 'nullable')
  uplift: string | null;

  @Shown('decimal', 'It is at least this, with 95 % confidence.', 'nullable')
  low: string | null;

  @Shown('decimal', 'It is at most this, with 95 % confidence.', 'nullable')
  high: string | null;
}

export class OfferUseView {
  @Shown('whole', 'Purchases and activities it paid for.')
  paid: number;

  @Shown('decimal', 'Points it gave, what was taken back taken off.')
  points: string;

  @Shown(
    'whole',
    'Minor units these cost, rounded up; null = no price of a point is said.',
    'nullable',
  )
  cost: number | null;

  @Shown('decimal', 'The part of the money of these purchases that came back.')
  returnShare: string;

  @Shown('decimal', 'The part of purchases that found its slot full.')
  slotFullShare: string;

  @Shown(
    'decimal',
    'Minor units for each purchase it adds; null = not known, or it adds none.',
    'nullable',
  )
  costPerPurchase: string | null;
}

export class OfferGoalView {
  @Shown('text', 'uptake, uplift or purchases.')
  kind: string;

  @Shown('decimal', 'What there is to be: a share, minor units for each member, or purchases.')
  target: string;

  @Shown('decimal', 'What there is; null = it cannot be told yet.', 'nullable')
  measured: string | null;

  @Shown('instant', 'By when, exclusive.')
  by: string;
}

export class OfferReportView extends NamedView {
  @Shown('text', 'ISO 4217.')
  currency: string;

  @Shown('instant', 'Since when what happened counts.')
  from: string;

  @Shown('instant', 'Until when, exclusive.')
  until: string;

  @Shown(OfferMembersView)
  members: OfferMembersView;

  @Shown(OfferUseView)
  use: OfferUseView;

  @Shown(NetSpendView)
  netSpend: NetSpendView;

  @Shown({ type: OfferGoalView, nullable: true })
  goal: OfferGoalView | null;

  @Shown('text', 'no_stop_rule, not_looked_at_yet, too_few_members, goes_on or fails.')
  verdict: string;

  @Shown('text', 'Why it fails; null = it does not.', 'nullable')
  why: string | null;
}

/** At most so many digits, without zeros at the end. */
const decimal = (value: number, digits: number): string =>
  String(Number(value.toFixed(digits))).replace(/^-0$/, '0');

const orNull = (value: number | undefined, digits: number): string | null =>
  value === undefined || !Number.isFinite(value) ? null : decimal(value, digits);

export function offerReportView(report: OfferReport): OfferReportView {
  const { programme, offer, figures, activated, verdict } = report;
  const { reached, heldOut, used } = figures;
  const found = figures.upliftOf(95);
  const instant = (at: number): string => new Date(at).toISOString();
  return {
    ...{ code: offer.code, name: offer.name, currency: programme.currency },
    ...{ from: instant(report.from), until: instant(report.until) },
    members: {
      ...{ reached: reached.spend.n, heldOut: heldOut.spend.n, activated, used },
      uptake: decimal(figures.uptake, 6),
    },
    use: {
      paid: figures.paid,
      points: formatBillionths(figures.billionths),
      cost: figures.cost ?? null,
      returnShare: decimal(figures.returnShare, 6),
      slotFullShare: decimal(figures.slotFullShare, 6),
      costPerPurchase: orNull(figures.costPerPurchase, 2),
    },
    netSpend: {
      reached: decimal(reached.spend.mean, 2),
      heldOut: decimal(heldOut.spend.mean, 2),
      uplift: orNull(found?.difference, 2),
      low: orNull(found?.low, 2),
      high: orNull(found?.high, 2),
    },
    goal: goalView(report),
    verdict: verdict.kind,
    why: verdict.kind === 'fails' ? verdict.why : null,
  };
}

function goalView({ offer, figures }: OfferReport): OfferGoalView | null {
  const { goal } = offer.review;
  if (goal === undefined) return null;
  const found = progressOf(goal, figures);
  const target =
    goal.kind === 'uptake' ? goal.share : goal.kind === 'uplift' ? goal.minor : goal.least;
  return {
    kind: goal.kind,
    target: decimal(target, 6),
    measured: orNull(found?.measured, 6),
    by: new Date(goal.by).toISOString(),
  };
}
