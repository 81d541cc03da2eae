import { Shown } from '../../platform/openapi/view.decorator.js';
import { NamedView } from '../../programmes/views/programmes.views.js';
import { isRunning, type Offer } from '../../rules/offers/offer.js';
import { formatRate } from '../../rules/points.js';
import type { ValidOffer } from '../../rules/offers/valid.js';
import type { Programme } from '../../rules/programme.js';
import type { OpenPause } from './offers.queries.js';

/** When an offer ends, in the words of the API. */
const instantOf = (instant: number): string | null =>
  Number.isFinite(instant) ? new Date(instant).toISOString() : null;

export class OfferView extends NamedView {
  @Shown('instant', 'When it began; null = it always ran.', 'nullable')
  from: string | null;

  @Shown('instant', 'When it is over; null = it does not end.', 'nullable')
  until: string | null;

  @Shown('flag', 'Whether the member has to activate it before it pays.')
  needsActivation: boolean;

  @Shown('instant', 'Since when it is activated; null = it is not.', 'nullable')
  activatedAt: string | null;
}

export class OffersView {
  @Shown([OfferView])
  offers: OfferView[];
}

export const offersView = (offers: readonly ValidOffer[]): OffersView => ({
  offers: offers.map(offerView),
});

export function offerView({ offer, activatedAt }: ValidOffer): OfferView {
  const { code, name, from, until, asks } = offer;
  return {
    code,
    name,
    from: instantOf(from),
    until: instantOf(until),
    needsActivation: asks.activation,
    activatedAt: activatedAt === null ? null : instantOf(activatedAt),
  };
}

export class BudgetView {
  @Shown('text', 'What it counts: points, or money in minor units.')
  unit: string;

  @Shown('decimal', 'What there is in all.')
  total: string;

  @Shown('decimal', 'What is used; it may be more a moment later.')
  used: string;

  @Shown('decimal', 'What is left; 0 where a version has set less than was used.')
  left: string;
}

export class LiveOfferView extends NamedView {
  @Shown('decimal', 'The part of days on which a surprise comes; null = it is none.', 'nullable')
  chance: string | null;

  @Shown('text', 'scheduled, running, paused or over.')
  state: string;

  @Shown('instant', 'When it begins; null = it always ran.', 'nullable')
  from: string | null;

  @Shown('instant', 'When it is over; null = it does not end.', 'nullable')
  until: string | null;

  @Shown('instant', 'Since when it is paused; null = it is not.', 'nullable')
  pausedAt: string | null;

  @Shown('text', 'Why it is paused; null = it is not.', 'nullable')
  pauseReason: string | null;

  @Shown([BudgetView])
  budgets: BudgetView[];
}

export class LiveOffersView {
  @Shown([LiveOfferView])
  offers: LiveOfferView[];
}

/** An offer as staff see it. */
export function liveOfferView(
  { limits, grains }: Pick<Programme, 'limits' | 'grains'>,
  offer: Offer,
  {
    used,
    pause,
    now,
  }: { used: ReadonlyMap<string, number>; pause: OpenPause | undefined; now: number },
): LiveOfferView {
  const { code, name, from, until, draws, asks } = offer;
  const isPaused = pause !== undefined;
  const running = isPaused ? 'paused' : 'running';
  return {
    code,
    name,
    chance: asks.chance === undefined ? null : formatRate(BigInt(asks.chance)),
    state: isRunning(offer, now) ? running : now < from ? 'scheduled' : 'over',
    from: instantOf(from),
    until: instantOf(until),
    pausedAt: pause?.pausedAt.toISOString() ?? null,
    pauseReason: pause?.reason ?? null,
    budgets: draws.flatMap(({ kind, limit }): BudgetView[] => {
      if (kind === 'grants' || kind === 'shared') return [];
      const [total, spent] = [limits.get(limit) ?? 0, used.get(limit) ?? 0];
      const grain = grains.get(limit) ?? 1;
      const text = (amount: number): string => String(amount / grain);
      const left = Math.max(0, total - spent);
      return [{ unit: kind, total: text(total), used: text(spent), left: text(left) }];
    }),
  };
}
