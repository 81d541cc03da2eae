import { Shown } from '../../platform/openapi/view.decorator.js';
import type { ForeseenList, JobSeen } from './job-desk.service.js';
import type { Run } from '../runs.queries.js';
import { wordsOf } from '../schedule.js';

const instantOf = (instant: number): string => new Date(instant).toISOString();
const instantOrNull = (instant: number | undefined): string | null =>
  instant === undefined ? null : instantOf(instant);

export class JobRunView {
  @Shown('whole', 'Number of the run among those of the job.')
  no: number;

  @Shown('instant', 'When the schedule said; null = it was started by hand.', 'nullable')
  slot: string | null;

  @Shown('instant', 'What was due by then is done.')
  asOf: string;

  @Shown('text', 'schedule, or who started it.')
  startedBy: string;

  @Shown('instant')
  startedAt: string;

  @Shown('instant', 'Null = it is under way.', 'nullable')
  finishedAt: string | null;

  @Shown('whole', 'What its parts say they did; it grows while it is under way.')
  done: number;

  @Shown('whole', 'Parts that failed and were tried again.')
  failures: number;

  @Shown('whole', 'Parts that are done.')
  partsFinished: number;

  @Shown('whole', 'Parts it is cut into.')
  parts: number;
}

export class JobRunsView {
  @Shown([JobRunView], 'Newest first.')
  runs: JobRunView[];

  @Shown(
    'whole',
    'What to pass as `before` for the next page; null = this is the last.',
    'nullable',
  )
  next: number | null;
}

export class JobView {
  @Shown('text')
  name: string;

  @Shown('text', 'Every so many seconds, or daily so long after midnight in the programme’s zone.')
  schedule: string;

  @Shown({ enum: ['waiting', 'running', 'paused'] })
  state: 'waiting' | 'running' | 'paused';

  @Shown('instant', 'Null = it is not paused.', 'nullable')
  pausedAt: string | null;

  @Shown('text', 'Who paused it; null = it is not paused.', 'nullable')
  pausedBy: string | null;

  @Shown('whole', 'How far it is behind, beyond what it may be; 0 = it is in time.')
  lateSeconds: number;

  @Shown('instant', 'When it is due next; null = not before a programme is in force.', 'nullable')
  nextAt: string | null;

  @Shown({ type: () => JobRunView, nullable: true }, 'The newest run; null = it never ran.')
  lastRun: JobRunView | null;
}

export class JobsView {
  @Shown([JobView])
  jobs: JobView[];
}

export class ForeseenView {
  @Shown({ type: 'string', format: 'uuid', nullable: true }, 'Null = it is about no member.')
  member: string | null;

  @Shown('text', 'What would happen, as a code of the job.')
  what: string;

  @Shown('instant', 'Since when it is due.')
  dueAt: string;

  @Shown({ type: 'object', additionalProperties: true }, 'Figures and codes of what would happen.')
  details: Readonly<Record<string, string | number | null>>;
}

export class ForeseenListView {
  @Shown('instant')
  asOf: string;

  @Shown([ForeseenView])
  items: ForeseenView[];

  @Shown('text', 'The cursor of the next page; null = this is the last.', 'nullable')
  next: string | null;
}

export const jobRunView = (run: Run): JobRunView => ({
  no: run.no,
  slot: instantOrNull(run.slot),
  asOf: instantOf(run.asOf),
  startedBy: run.startedBy,
  startedAt: instantOf(run.startedAt),
  finishedAt: instantOrNull(run.finishedAt),
  done: run.done,
  failures: run.failures,
  partsFinished: run.parts.finished,
  parts: run.parts.all,
});

export function jobView({ job, state, lateMs, nextAt }: JobSeen): JobView {
  const { newest, pausedAt, pausedBy } = state ?? {};
  const isOpen = newest !== undefined && newest.finishedAt === undefined;
  return {
    name: job.name,
    schedule: wordsOf(job.schedule),
    state: pausedAt !== undefined ? 'paused' : isOpen ? 'running' : 'waiting',
    pausedAt: instantOrNull(pausedAt),
    pausedBy: pausedBy ?? null,
    lateSeconds: Math.round(lateMs / 1_000),
    nextAt: instantOrNull(nextAt),
    lastRun: newest === undefined ? null : jobRunView(newest),
  };
}

export const foreseenView = ({ asOf, items, next }: ForeseenList): ForeseenListView => ({
  asOf: instantOf(asOf),
  items: items.map(({ memberId, what, dueAt, details }) => ({
    member: memberId,
    what,
    details,
    dueAt: instantOf(dueAt),
  })),
  next: next ?? null,
});
