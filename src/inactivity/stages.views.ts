import { Shown } from '../platform/openapi/view.decorator.js';
import { stages } from '../rules/inactivity/terms.js';
import type { MembersReport, StageOfMember } from './stages.service.js';

const instant = (at: number): string => new Date(at).toISOString();

class ComingStageView {
  @Shown({ enum: [...stages] })
  stage: string;

  @Shown('instant')
  at: string;
}

export class MemberStageView {
  @Shown({ enum: [...stages] }, 'Where their silence has brought them.')
  stage: string;

  @Shown('instant', 'Since when; of active members, their last act.')
  since: string;

  @Shown('instant', 'Their last purchase, return, activity, redemption, coupon or login.')
  lastActAt: string;

  @Shown(
    ComingStageView,
    'What comes next if nothing is heard of them; null = nothing.',
    'nullable',
  )
  next: ComingStageView | null;
}

class StageFiguresView {
  @Shown({ enum: [...stages] })
  stage: string;

  @Shown('whole', 'Days of silence after which it begins; null of active members.', 'nullable')
  afterDays: number | null;

  @Shown('whole', 'Null when counting took longer than fifteen seconds.', 'nullable')
  members: number | null;

  @Shown('whole', 'Points they have, held ones included; null like `members`.', 'nullable')
  points: number | null;
}

export class MembersReportView {
  @Shown('instant', 'As of when.')
  at: string;

  @Shown('whole', 'Number of the version whose stages they are.')
  version: number;

  @Shown([StageFiguresView], 'Active members first.')
  stages: StageFiguresView[];

  @Shown('whole', 'Everybody who is enrolled, heard of or not; null like `members`.', 'nullable')
  enrolled: number | null;
}

export class StageMembersView {
  @Shown({ type: 'array', items: { type: 'string', format: 'uuid' } }, 'Ids of members.')
  members: string[];

  @Shown('text', '`cursor` of the page after, which may be empty; null on the last.', 'nullable')
  next: string | null;
}

export function memberStageView({ stage, since, lastActAt, next }: StageOfMember): MemberStageView {
  return {
    stage,
    since: instant(since),
    lastActAt: instant(lastActAt),
    next: next === undefined ? null : { stage: next.stage, at: instant(next.at) },
  };
}

export function membersReportView(report: MembersReport): MembersReportView {
  const { at, version, stages: figures, enrolled } = report;
  return {
    at: instant(at),
    version,
    stages: figures.map(({ stage, afterDays, members, points }) => ({
      stage,
      afterDays: afterDays ?? null,
      members: members ?? null,
      points: points ?? null,
    })),
    enrolled: enrolled ?? null,
  };
}
