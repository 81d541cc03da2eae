import { Shown } from '../../platform/openapi/view.decorator.js';
import { historyView, HistoryView } from '../history/history.views.js';
import type { AuditRow, AuditState } from './audits.queries.js';
import { AuditFindingView, findingView, type Known } from './findings.views.js';
import type { Report } from './report.js';

class ShadowPriceView {
  @Shown('text')
  what: string;

  @Shown({ type: 'number' }, 'Minor units that one is worth at most.')
  minor: number;
}

class TierDaysView {
  @Shown('text', 'The local day of the first purchase.')
  from: string;

  @Shown('whole', 'Days from the day on which it was reached.')
  days: number;

  @Shown('whole', 'Minor units that were spent on it.')
  minor: number;
}

class TierTimingView {
  @Shown(TierDaysView)
  most: TierDaysView;

  @Shown(TierDaysView)
  fewest: TierDaysView;
}

class TierPriceView {
  @Shown('text')
  tier: string;

  @Shown('whole', 'Minor units that somebody parts with for it at least, less rewards.')
  minor: number;

  @Shown('whole', 'The same at partners alone; null = no rule is about them.', 'nullable')
  atPartners: number | null;

  @Shown(
    TierTimingView,
    'How long it lasts if it is not kept, by when its buyer began; null = for ever, or it is not reached by buying.',
    'nullable',
  )
  timing: TierTimingView | null;
}

class LimitWorthView {
  @Shown('text')
  what: string;

  @Shown(
    { type: 'number' },
    'Minor units that one more of it brings a household in a year at most.',
  )
  minor: number;

  @Shown('flag', 'Whether anybody comes to it.')
  isReached: boolean;
}

class PoolView {
  @Shown('text', 'The tier of the member who spends.')
  from: string;

  @Shown('text', 'The tier of the one who may be sent points.')
  to: string;

  @Shown('whole', 'Minor units spent in a year.')
  spent: number;

  @Shown('whole', 'Minor units that come back of it at most.')
  alone: number;

  @Shown('whole', 'The same with points that are sent.')
  together: number;
}

const statuses = ['proved', 'refuted', 'open'] as const;

class AuditReportView {
  @Shown({ enum: [...statuses] }, 'Whether nobody can take more than is allowed; open = not known.')
  status: (typeof statuses)[number];

  @Shown({ type: 'array', items: { type: 'string' } }, 'Why it is open.')
  reasons: string[];

  @Shown(
    'whole',
    'Minor units a household takes in a year at most; null = without end.',
    'nullable',
  )
  most: number | null;

  @Shown('whole', 'Minor units that are allowed.')
  allowance: number;

  @Shown([ShadowPriceView], 'By which nobody gains by any act, if it is proved.')
  prices: ShadowPriceView[];

  @Shown([TierPriceView], 'What each tier above the first costs in a year at least.')
  tiers: TierPriceView[];

  @Shown([LimitWorthView], 'What each limit does; empty = there is no end to what can be taken.')
  limits: LimitWorthView[];

  @Shown(PoolView, 'What two members make of points; null = none can be sent.', 'nullable')
  pool: PoolView | null;

  @Shown({ type: 'array', items: { type: 'string' } }, 'As long as which it holds.')
  assumptions: string[];

  @Shown('flag', 'Whether the document declares what it was held against.')
  declared: boolean;

  @Shown([AuditFindingView], 'The worst first.')
  findings: AuditFindingView[];

  @Shown(
    HistoryView,
    'What members did under the document, beside the version in force; null = it was not asked for.',
    'nullable',
  )
  history: HistoryView | null;
}

class HistoryAskedView {
  @Shown('whole')
  months: number;

  @Shown('flag')
  adversaries: boolean;
}

const states = ['running', 'done', 'failed', 'cancelled'] as const satisfies AuditState[];

export class AuditView {
  @Shown('text')
  id: string;

  @Shown({ enum: [...states] })
  state: (typeof states)[number];

  @Shown('whole', 'Parts of it that are done.')
  done: number;

  @Shown('whole', 'Parts of it that there are.')
  parts: number;

  @Shown('instant')
  startedAt: string;

  @Shown('text')
  startedBy: string;

  @Shown('instant', 'From which on days are looked at.')
  looksFrom: string;

  @Shown(HistoryAskedView, 'How far back it looks at what members did; null = not.', 'nullable')
  history: HistoryAskedView | null;

  @Shown(AuditReportView, 'Null until it is done.', 'nullable')
  report: AuditReportView | null;
}

export function auditView(row: AuditRow, known: Known): AuditView {
  const { id, state, done, parts, startedAt, startedBy, looksFrom, history, report } = row;
  return {
    id,
    state,
    done,
    parts,
    startedAt: startedAt.toISOString(),
    startedBy,
    looksFrom: looksFrom.toISOString(),
    history,
    report: report === null ? null : reportView(report, known),
  };
}

function reportView(report: Report, known: Known): AuditReportView {
  const { proof, tiers = [], limits = [], pool = null, declared, findings, history } = report;
  return {
    status: proof.status,
    reasons: [...proof.reasons],
    most: proof.most ?? null,
    allowance: proof.allowance,
    prices: [...proof.prices],
    tiers: tiers.map(({ tier, minor, atPartners = null, timing = null }) => ({
      tier,
      minor,
      atPartners,
      timing,
    })),
    limits: [...limits],
    pool,
    assumptions: [...proof.assumptions],
    declared,
    findings: findings.map((finding) => findingView(finding, report, known)),
    history: history === undefined ? null : historyView(history, known.isNaming),
  };
}
