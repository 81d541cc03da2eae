import { performance } from 'node:perf_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { weightOf } from '../../platform/http/passing.js';
import { Log } from '../../platform/logging/log.service.js';
import { Announcements } from '../announcements/announcements.service.js';
import { FanOut } from '../deliveries/fan-out.service.js';
import { Forgetting } from '../deliveries/forgetting.service.js';
import { NoticeDesk } from '../notices/notice-desk.service.js';
import { EventWatch } from './event-watch.service.js';
import type { Fences } from './leases.queries.js';

/** Milliseconds after which each is looked after again. */
const ANNOUNCED_MS = 2_000;
const FORGOTTEN_MS = 30_000;
const NOTICES_MS = 1_000;

/** Brings in what is to be sent, out what was sent long ago, and looks how it goes. */
@Injectable()
export class Intake {
  private announcedAt = -Infinity;
  private forgottenAt = performance.now();
  private noticesAt = -Infinity;
  /** Mail servers may be slow; leases are renewed meanwhile. */
  private telling: Promise<void> | undefined;

  constructor(
    @Inject(FanOut) private readonly fanOut: FanOut,
    @Inject(Announcements) private readonly announcements: Announcements,
    @Inject(Forgetting) private readonly forgetting: Forgetting,
    @Inject(NoticeDesk) private readonly notices: NoticeDesk,
    @Inject(EventWatch) private readonly watch: EventWatch,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Whether more may be there at once. */
  async run(fences: Fences): Promise<boolean> {
    const now = performance.now();
    if (now - this.announcedAt > ANNOUNCED_MS) {
      await this.announcements.run(fences);
      this.announcedAt = now;
    }
    if (now - this.forgottenAt > FORGOTTEN_MS) {
      const isMore = await this.forgetting.run(fences);
      await this.watch.look();
      this.forgottenAt = isMore ? -Infinity : now;
    }
    if (this.telling === undefined && now - this.noticesAt > NOTICES_MS) {
      this.telling = this.tell(fences);
    }
    return this.fanOut.run(fences);
  }

  /** Until what is being told has been told. */
  async finish(): Promise<void> {
    await this.telling;
  }

  private async tell(fences: Fences): Promise<void> {
    try {
      const isMore = await this.notices.run(new Map(fences));
      this.noticesAt = isMore ? -Infinity : performance.now();
    } catch (error) {
      this.noticesAt = performance.now();
      this.log.event(weightOf(error), 'Notices could not be sent; the next turn goes on', {
        err: error,
      });
    } finally {
      this.telling = undefined;
    }
  }
}
