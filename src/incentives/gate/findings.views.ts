import { Shown } from '../../platform/openapi/view.decorator.js';
import { checks, severities, type Finding } from '../finding.js';
import type { Fix } from '../fixes/fixes.js';
import type { SeenReport } from '../history/report.js';
import { witnessLines } from '../witness-lines.js';
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
  @Shown([FixChangeView], 'One number, or two where one does not do, behind those of another fix.')
  changes: FixChangeView[];

  @Shown('whole', 'Minor units that ordinary purchases in the first tier give back now.')
  honestBefore: number;

  @Shown('whole', 'The same once it is changed.')
  honestAfter: number;

  @Shown('text', 'Id of a finding whose own fix is part of it; null = it does alone.', 'nullable')
  with: string | null;
}

class FindingSeenView {
  @Shown('whole', 'Members who have done in those months what the witness does.')
  members: number;

  @Shown('whole', 'How often they have.')
  times: number;

  @Shown('whole', 'Minor units that it brought them.')
  brought: number;
}

export class AuditFindingView {
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

  @Shown(
    FindingSeenView,
    'Who does the like already; null = history was not asked for, or nothing is played.',
    'nullable',
  )
  seen: FindingSeenView | null;

  @Shown([FixView], 'Changes after which it is none any more, if the audit was asked for.')
  fixes: FixView[];

  @Shown(AcceptanceView, 'Who answers for it; null = nobody does now.', 'nullable')
  accepted: AcceptanceView | null;
}

/** What findings and history are shown by. */
export interface Known {
  acceptances: readonly Acceptance[];
  /** Milliseconds since 1970 UTC. */
  now: number;
  /** Whether members are named to who asks. */
  isNaming: boolean;
}

export function findingView(
  finding: Finding,
  { currency, fixes, history }: Report,
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
    seen: seenView(history?.prevalence.find((each) => each.finding === id)),
    fixes: (fixes[finding.id] ?? []).map(fixView),
    accepted: accepted === undefined ? null : acceptanceView(accepted),
  };
}

const seenView = (seen: SeenReport | undefined): FindingSeenView | null =>
  seen === undefined ? null : { members: seen.members, times: seen.times, brought: seen.brought };

const fixView = ({ changes, honest, with: other }: Fix): FixView => ({
  changes: changes.map(({ pointer, from, to }) => ({
    pointer,
    from: String(from),
    to: String(to),
  })),
  honestBefore: honest.before,
  honestAfter: honest.after,
  with: other ?? null,
});
