import { setTimeout as pause } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Sender } from './sender.service.js';
import { Settings } from '../../platform/config/settings.js';
import { weightOf } from '../../platform/http/passing.js';
import { Log } from '../../platform/logging/log.service.js';

/** Milliseconds after a turn that failed. */
const FAULT_MS = 2_000;
/** Milliseconds that messages on their way have left when the server is told to stop. */
const FINISH_MS = 3_000;

/** Events are sent all the time, by every replica: each has buckets of its own. */
@Injectable()
export class EventSending implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(Sender) private readonly sender: Sender,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Log) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.jobs) this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const wait = await this.turn();
      // The only way for this to fail is to be told to stop, which the loop asks about.
      if (wait > 0) await pause(wait, undefined, { signal }).catch(() => undefined);
    }
    await this.sender.finish(FINISH_MS).catch((error: unknown) => {
      this.log.event('warn', 'Events under way will be sent again', { err: error });
    });
  }

  /** Milliseconds until the next one. */
  private async turn(): Promise<number> {
    try {
      return await this.sender.turn();
    } catch (error) {
      this.log.event(weightOf(error), 'A turn of sending events failed; it goes on', {
        err: error,
      });
      return FAULT_MS;
    }
  }
}
