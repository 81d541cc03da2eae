/** What members are told of their tier, where the programme says so. */
import type { NoticeDraft } from '../../events/notices/notice.js';
import { rungOf, tierAt } from '../../rules/earning/tier.js';
import type { Standing } from '../../rules/outcome.js';
import type { Programme } from '../../rules/programme.js';
import type { Keeping } from '../../rules/standing/progress.js';
import { keepingText } from '../keeping.js';
import { stepText } from '../words.js';

type Told = Omit<NoticeDraft, 'memberId' | 'madeAt' | 'dueAt'>;

/** Of a tier that changed, or was kept by little; undefined = nothing is told of it. */
export function stepNotice(
  programme: Programme,
  { tier, from, why }: Standing,
  seq: number,
): Told | undefined {
  const { notices } = programme.ladder;
  const rung = rungOf(programme, tier);
  const { name } = tierAt(programme, Math.max(0, rung));
  const told = { subject: String(seq), text: stepText(programme, name, why) };
  const facts = { from, tier, why: why.code };
  // Everybody begins in the lowest tier, which is no news.
  const isNews = from === '' ? rung > 0 : from !== tier;
  if (isNews && notices.has('changed')) {
    return { ...told, kind: 'tier_changed', title: `Your tier: ${name}`, facts };
  }
  const isKept = why.code === 'near_miss_kept' || why.code === 'grace_started';
  if (isKept && notices.has('kept')) {
    return { ...told, kind: 'tier_kept', title: `Your tier stays: ${name}`, facts };
  }
  return undefined;
}

/** Of a tier that the next review would take; the same review is told of once. */
export function warningNotice(programme: Programme, keeping: Keeping): Told | undefined {
  const { tier, at, isAtRisk, verdict } = keeping;
  if (!isAtRisk || !programme.ladder.notices.has('warning')) return undefined;
  const by = new Date(at).toISOString();
  return {
    kind: 'tier_at_risk',
    subject: by,
    title: `${tier.name} is at risk`,
    text: keepingText(programme, keeping),
    facts: { tier: tier.code, by, verdict },
  };
}
