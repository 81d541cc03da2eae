import { Inject, Injectable } from '@nestjs/common';
import { Log } from '../../platform/logging/log.service.js';

/** What a feature does once a partner has paid for a block. */
export type BlockStep = (partner: string) => Promise<unknown>;

/** Features say at start what they do when a block was added; partner-offers imports none of them. */
@Injectable()
export class BlockSteps {
  private readonly steps: BlockStep[] = [];

  constructor(@Inject(Log) private readonly log: Log) {}

  register(step: BlockStep): void {
    this.steps.push(step);
  }

  /** The block is there whatever becomes of it: what is left undone, a job does. */
  async added(partner: string): Promise<void> {
    for (const step of this.steps) {
      try {
        await step(partner);
      } catch (error) {
        this.log.event('warn', 'What follows a block was not done; the job does it', {
          partner,
          err: error,
        });
      }
    }
  }
}
