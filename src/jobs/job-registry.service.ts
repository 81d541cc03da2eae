import { Injectable } from '@nestjs/common';
import { DomainError } from '../platform/http/domain-error.js';
import type { Job } from './job.js';

/** The jobs there are: modules tell it theirs at start. */
@Injectable()
export class JobRegistry {
  private readonly jobs = new Map<string, Job>();

  register(job: Job): void {
    if (this.jobs.has(job.name)) throw new Error(`invariant: there is one job ${job.name}`);
    this.jobs.set(job.name, job);
  }

  /** By name, in its order. */
  all(): Job[] {
    return [...this.jobs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  named(name: string): Job {
    const job = this.jobs.get(name);
    if (job === undefined) throw new DomainError('not_found', 'There is no such job.');
    return job;
  }
}
