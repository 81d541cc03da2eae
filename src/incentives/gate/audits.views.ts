import { Shown } from '../../platform/openapi/view.decorator.js';
import type { Fix } from '../fixes/fixes.js';
import { checks, severities, type Finding } from '../finding.js';
import { witnessLines } from '../witness-lines.js';
import { historyView, HistoryView } from '../history/history.views.js';
import type { AuditRow, AuditState } from './audits.queries.js';
import { acceptanceView, AcceptanceView } from './acceptances.views.js';
import { acceptanceOf, type Acceptance, type Report } from './report.js';

const growths = ['repeatable', 'per_year', 'once'] as const;
const claims = ['replayed', 'static', 'sampled'] as const;

class FixChangeView {
  @Shown('text', 'JSON pointer.')
  pointer: string;

  @Shown({ type: 'string' }, 'As text, whatever it is in the document.')
  from: string;

  @Shown({ type: 'string' })
  to: string;
}

class FixView {
  @Shown([FixChangeView], 'One number, or two where one does not do.')
  changes: FixChangeView[];

  @Shown('whole', 'Minor units that ordinary purchases in the first tier give back now.')
  honestBefore: number;

  @Shown('whole', 'The same once it is changed.')
  honestAfter: number;
}

class AuditFindingView {
  @Shown('text', 'Stays while its check and the parts it is about do.')
  id: string;

  @Shown({ enum: [...checks] })
  check: (typeof checks)[number];

  @Shown({ enum: [...severities] }, 'Critical and high ones stop a document.')
  severity: (typeof severities)[number];

  @Shown(
    { enum: [...claims] },
    'Played on the core, read in the document, or seen in no case tried.',
  )
  claim: (typeof claims)[number];

  @Shown('text', 'JSON pointer into the document, to what can be changed.')
  pointer: string;

  @Shown('text')
  title: string;

  @Shown('text')
  explanation: string;

  @Shown('whole', 'Minor units that are taken, or lost.')
  gain: number;

  @Shown({ enum: [...growths] }, 'Whether as often as somebody likes, in each year, or once.')
  growth: (typeof growths)[number];

  @Shown({ type: 'array', items: { type: 'string' } }, 'What members do, a line each.')
  witness: string[];

  @Shown([FixView], 'Changes after which it is none any more, if the audit was asked for.')
  fixes: FixView[];

  @Shown(AcceptanceView, 'Who answers for it; null = nobody does now.', 'nullable')
  accepted: AcceptanceView | null;
}

class ShadowPriceView {
  @Shown('text')
  what: string;

  @Shown({ type: 'number' }, 'Minor units that one is worth at most.')
  minor: number;
}

class TierPriceView {
  @Shown('text')
  tier: string;

  @Shown('whole', 'Minor units that somebody parts with for it at least, less rewards.')
  minor: number;

  @Shown('whole', 'The same at partners alone; null = no rule is about them.', 'nullable')
  atPartners: number | null;
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

  @Shown(HistoryAskedView, 'How far back it looks at what members did; null = not.', 'nullable')
  history: HistoryAskedView | null;

  @Shown(AuditReportView, 'Null until it is done.', 'nullable')
  report: AuditReportView | null;
}

interface Known {
  acceptances: readonly Acceptance[];
  /** Milliseconds since 1970 UTC. */
  now: number;
  /** Whether members are named to who asks. */
  isNaming: boolean;
}

export function auditView(row: AuditRow, known: Known): AuditView {
  const { id, state, done, parts, startedAt, startedBy, history, report } = row;
  return {
    id,
    state,
    done,
    parts,
    startedAt: startedAt.toISOString(),
    startedBy,
    history,
    report: report === null ? null : reportView(report, known),
  };
}

function reportView(report: Report, known: Known): AuditReportView {
  const { proof, tiers = [], declared, findings, history } = report;
  return {
    status: proof.status,
    reasons: [...proof.reasons],
    most: proof.most ?? null,
    allowance: proof.allowance,
    prices: [...proof.prices],
    tiers: tiers.map((price) => ({ ...price, atPartners: price.atPartners ?? null })),
    assumptions: [...proof.assumptions],
    declared,
    findings: findings.map((finding) => findingView(finding, report, known)),
    history: history === undefined ? null : historyView(history, known.isNaming),
  };
}

function findingView(
  finding: Finding,
  { currency, fixes }: Report,
  { acceptances, now }: Known,
): AuditFindingView {
  const { id, check, severity, claim, pointer, title, explanation, gain } = finding;
  const accepted = acceptanceOf(finding, acceptances, now);
  return {
    id,
    check,
    severity,
    claim,
    pointer,
    title,
    explanation,
    gain: gain.minor,
    growth: gain.growth,
    witness: witnessLines({ identity: { currency } }, finding),
    fixes: (fixes[finding.id] ?? []).map(fixView),
    accepted: accepted === undefined ? null : acceptanceView(accepted),
  };
}

const fixView = ({ changes, honest }: Fix): FixView => ({
  changes: changes.map(({ pointer, from, to }) => ({
    pointer,
    from: String(from),
    to: String(to),
  })),
  honestBefore: honest.before,
  honestAfter: honest.after,
});
