import { performance } from 'node:perf_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { Announcements } from '../announcements/announcements.service.js';
import { FanOut } from '../deliveries/fan-out.service.js';
import { Forgetting } from '../deliveries/forgetting.service.js';
import type { Fences } from './leases.queries.js';

/** Milliseconds after which each is looked after again. */
const ANNOUNCED_MS = 2_000;
const FORGOTTEN_MS = 30_000;

/** Brings in what is to be sent, and out what was sent long ago. */
@Injectable()
export class Intake {
  private announcedAt = -Infinity;
  private forgottenAt = performance.now();

  constructor(
    @Inject(FanOut) private readonly fanOut: FanOut,
    @Inject(Announcements) private readonly announcements: Announcements,
    @Inject(Forgetting) private readonly forgetting: Forgetting,
  ) {}

  /** Whether more may be there at once. */
  async run(fences: Fences): Promise<boolean> {
    const now = performance.now();
    if (now - this.announcedAt > ANNOUNCED_MS) {
      await this.announcements.run(fences);
      this.announcedAt = now;
    }
    if (now - this.forgottenAt > FORGOTTEN_MS) {
      await this.forgetting.run(fences);
      this.forgottenAt = now;
    }
    return this.fanOut.run(fences);
  }
}
