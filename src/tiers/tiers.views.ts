import { Shown } from '../platform/openapi/view.decorator.js';
import { NamedView } from '../programmes/views/programmes.views.js';

export const metrics = ['qualifying_points', 'spend', 'purchases'] as const;

const counts = 'What it counts: whole points, minor units, or days with a counted purchase.';

/** How far one of a tier's ways has come. */
export class WayView {
  @Shown({ enum: [...metrics] }, counts)
  metric: string;

  @Shown('whole', 'From which the tier is reached.')
  threshold: number;

  @Shown('whole', 'What is counted so far, rounded down.')
  counted: number;

  @Shown('whole', 'What is missing to it.')
  missing: number;
}

class NextTierView extends NamedView {
  @Shown('whole', 'From which it is reached, by the way with least to go.')
  threshold: number;

  @Shown('whole', 'What is missing to that.')
  missing: number;

  @Shown({ enum: [...metrics] }, counts)
  metric: string;

  @Shown([WayView], 'Every way to reach it; one will do.')
  ways: WayView[];
}

/** Where a member stands. */
export class StandingView {
  @Shown(NamedView)
  tier: NamedView;

  @Shown('whole', 'Whole qualifying points of a lifetime; spending never lowers them.')
  qualifyingPoints: number;

  @Shown(NextTierView, 'The next tier; null on the highest.', 'nullable')
  next: NextTierView | null;
}

export class MoneyView {
  @Shown('whole', 'Minor units.')
  amount: number;

  @Shown('text')
  currency: string;
}

export class BenefitView extends NamedView {
  @Shown(MoneyView, 'What it is worth to a member in a year.')
  value: MoneyView;
}

class WindowView {
  @Shown('instant')
  from: string;

  @Shown('instant', 'Its end (exclusive).')
  until: string;
}

class KeepingWayView {
  @Shown({ enum: [...metrics] }, counts)
  metric: string;

  @Shown('whole', 'What keeps the tier.')
  keep: number;

  @Shown('whole', 'What is counted so far, rounded down.')
  counted: number;

  @Shown('whole', 'What is missing to it.')
  missing: number;
}

export const verdicts = [
  'tier_kept',
  'near_miss_kept',
  'not_counted_in_full',
  'grace_started',
  'tier_lowered',
] as const;

class KeepingView {
  @Shown(NamedView, 'The tier held without one given by hand.')
  tier: NamedView;

  @Shown('instant', 'When it is reviewed, or its grace ends.')
  by: string;

  @Shown('flag', 'Whether a review was missed, and what is missing can still be made up.')
  isInGrace: boolean;

  @Shown('flag', 'Whether it is near, and would not be kept.')
  isAtRisk: boolean;

  @Shown({ enum: [...verdicts] }, 'What would become of it if nothing changed until then.')
  ifNothingChanges: string;

  @Shown([KeepingWayView], 'Every way to keep it; one will do.')
  ways: KeepingWayView[];

  @Shown('text', 'The same in a sentence.')
  says: string;
}

class GrantView extends NamedView {
  @Shown('instant', 'Its end (exclusive).')
  until: string;
}

/** A tier given by hand, rendered from its posting alone, so a replay renders the same. */
export class GrantedView {
  @Shown('text')
  posting: string;

  @Shown('memberId')
  member: string;

  @Shown(GrantView, 'What was given.')
  grant: GrantView;

  @Shown(NamedView, "The tier held then; a higher one of one's own stays.")
  tier: NamedView;

  @Shown('text', 'Code of the reason.')
  reason: string;

  @Shown('instant')
  recordedAt: string;
}

export const stepCodes = [
  'threshold_reached',
  'purchase_returned',
  'late_event',
  'tier_kept',
  'near_miss_kept',
  'not_counted_in_full',
  'no_review_any_more',
  'grace_started',
  'tier_lowered',
  'tier_granted',
  'grant_ended',
] as const;

class TierReason {
  @Shown({ enum: [...stepCodes] })
  code: string;

  @Shown('decimal', 'Qualifying points of a lifetime.')
  qualifyingPoints: string;

  @Shown('whole', 'From which the tier is reached; 0 where that does not matter.')
  threshold: number;

  @Shown({ enum: [...metrics] }, counts, 'optional')
  metric?: string;

  @Shown('whole', 'What was counted, rounded down.', 'optional')
  counted?: number;

  @Shown('whole', 'What would keep the tier.', 'optional')
  keep?: number;

  @Shown('instant', 'Until when that stands.', 'optional')
  until?: string;
}

export class TierStep {
  @Shown('whole', 'Number of its posting; null of a review that is due and not posted.', 'nullable')
  fromPosting: number | null;

  @Shown('instant', 'When it happened, or was due.')
  at: string;

  @Shown('text', 'Code of the tier from then on.')
  tier: string;

  @Shown(TierReason)
  why: TierReason;

  @Shown('text', 'The same in a sentence.')
  says: string;
}

/** All there is to say of where a member stands. */
export class StandingHistoryView extends StandingView {
  @Shown(WindowView, 'What counts for the next tier; null = a lifetime.', 'nullable')
  window: WindowView | null;

  @Shown(KeepingView, 'How the tier is kept; null = it stays for good.', 'nullable')
  keeping: KeepingView | null;

  @Shown(
    'instant',
    'Until when the tier goes with a return of what reached it; null = no more.',
    'nullable',
  )
  provisionalUntil: string | null;

  @Shown(GrantView, 'A tier given by hand; null = none.', 'nullable')
  grant: GrantView | null;

  @Shown([BenefitView], 'What the tier has beside points.')
  benefits: BenefitView[];

  @Shown([TierStep], 'Every tier reached and every review, newest first.')
  history: TierStep[];
}
