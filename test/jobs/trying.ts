import type { ForeseenPage, Job, Part } from '../../src/jobs/job.js';

/** A job whose parts do what each test says. */
export class Trying implements Job {
  constructor(
    readonly name: string,
    readonly schedule: Job['schedule'],
    readonly parts: Job['parts'],
    readonly run: (part: Part) => Promise<void>,
  ) {}

  async foresee(
    bucket: number | undefined,
    asOf: number,
    { after }: { after: string | undefined },
  ): Promise<ForeseenPage> {
    const item = { memberId: null, what: 'try', dueAt: asOf, details: { bucket: bucket ?? null } };
    const next = after === undefined && bucket === 1 ? 'more' : undefined;
    return Promise.resolve({ items: bucket === undefined || bucket < 2 ? [item] : [], next });
  }
}
