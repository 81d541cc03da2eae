import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { DomainError } from '../platform/http/domain-error.js';
import type { Job } from './job.js';

/** Says of a provider that it is a job: the registry finds it at start, in whichever module it is. */
export const Scheduled = DiscoveryService.createDecorator();

/** The jobs there are. */
@Injectable()
export class JobRegistry implements OnModuleInit {
  private readonly jobs = new Map<string, Job>();

  constructor(@Inject(DiscoveryService) private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders({ metadataKey: Scheduled.KEY })) {
      this.register(jobOf(instance));
    }
  }

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

function jobOf(found: unknown): Job {
  if (isJob(found)) return found;
  throw new Error('invariant: what is scheduled is a job');
}

const isJob = (found: unknown): found is Job =>
  typeof found === 'object' && found !== null && ['run', 'foresee'].every((part) => part in found);
