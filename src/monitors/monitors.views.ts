import { Shown } from '../platform/openapi/view.decorator.js';
import type { Programme } from '../rules/programme.js';
import { monitorNames } from './judging/kinds.js';
import type { Result } from './results.queries.js';
import { partsOf, wordsOf } from './judging/words.js';

export class MonitorSubjectView {
  @Shown('text', 'What a history is asked for by, such as offer/spring.')
  key: string;

  @Shown(
    'text',
    'rule, offer, tier, reward, tender, partner, staff, expiry, referral or programme.',
  )
  kind: string;

  @Shown('text', 'Its id or code; null = there is only one of the kind.', 'nullable')
  code: string | null;

  @Shown('text', 'Its name in that version; null = it has none.', 'nullable')
  name: string | null;

  @Shown(
    'whole',
    'Minor units at which it begins to pay; null = it is about no threshold.',
    'nullable',
  )
  threshold: number | null;
}

export class MonitorResultView {
  @Shown({ enum: [...monitorNames] })
  monitor: string;

  @Shown(MonitorSubjectView)
  subject: MonitorSubjectView;

  @Shown('whole', 'The newest version of the programme that has it.')
  version: number;

  @Shown({ enum: ['too_few', 'normal', 'alerting'] })
  state: string;

  @Shown('text', 'The first day of the alert that stands; null = it does not alert.', 'nullable')
  since: string | null;

  @Shown('text', 'The day of the programme on which it was measured.')
  day: string;

  @Shown('instant')
  asOf: string;

  @Shown('whole', 'Cases that are what is looked for.')
  hits: number;

  @Shown('whole', 'Cases that were looked at.')
  total: number;

  @Shown('decimal', 'Hits among all cases; null = there were none.', 'nullable')
  share: string | null;

  @Shown('decimal', 'The share it is compared with; null = there is none.', 'nullable')
  baseline: string | null;

  @Shown('decimal', 'The share that is still normal.')
  most: string;

  @Shown('text', 'All this as a sentence.')
  says: string;

  @Shown(
    { type: 'array', items: { type: 'string', format: 'uuid' } },
    'Members among the hits, ten at most.',
  )
  examples: string[];
}

export class MonitorsView {
  @Shown([MonitorResultView], 'Those that alert first.')
  items: MonitorResultView[];
}

const decimal = (value: number | null): string | null =>
  value === null ? null : String(Number(value.toFixed(6)));

/** `programme` is the version of the result. */
export function monitorView(result: Result, programme: Programme): MonitorResultView {
  const { monitor, subject, threshold, hits, total, baseline, most } = result;
  const name = nameOf(subject, programme);
  const { currency, currencyDigits } = programme;
  const money = (minor: number): string =>
    `${(minor / 10 ** currencyDigits).toFixed(currencyDigits)} ${currency}`;
  return {
    monitor,
    subject: {
      key: subject,
      ...partsOf(subject),
      name: name ?? null,
      threshold: threshold === 0 ? null : threshold,
    },
    version: result.versionNo,
    state: result.state,
    since: result.since,
    day: result.day,
    asOf: new Date(result.asOf).toISOString(),
    hits,
    total,
    share: total === 0 ? null : decimal(hits / total),
    baseline: decimal(baseline),
    most: decimal(most) ?? '0',
    says: wordsOf({ monitor, subject, name, threshold, hits, total, baseline }, money),
    examples: [...result.examples],
  };
}

function nameOf(subject: string, programme: Programme): string | undefined {
  const { kind, code } = partsOf(subject);
  switch (kind) {
    case 'rule':
      return programme.rules.find(({ id }) => id === code)?.name;
    case 'offer':
      return [...programme.offers.values()].find((offer) => offer.code === code)?.name;
    case 'tier':
      return programme.tiers.find((tier) => tier.code === code)?.name;
    case 'reward':
      return programme.rewards.get(code ?? '')?.name;
    default:
      return undefined;
  }
}
