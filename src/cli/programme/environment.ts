/** A place where a programme is in force: the database of this command, or another server. */
import type { PlanView } from '../../programmes/plan/plan.views.js';
import type { PilotView } from '../../programmes/pilots/pilots.views.js';
import type { PilotedWith } from '../../programmes/programmes.requests.js';
import type { PublishedView } from '../../programmes/views/programmes.views.js';

/** Which document to pull. */
export type Which = 'live' | 'draft' | number;

export interface Environment {
  /** In words for the person who asked. */
  name: string;
  pull(which: Which): Promise<object>;
  plan(document: object): Promise<PlanView>;
  /** Publishes only while `after` is still the newest version. */
  push(
    document: object,
    options: {
      after: number;
      effectiveAt?: string | undefined;
      pilot?: PilotedWith | undefined;
    },
  ): Promise<PublishedView>;
  /** Ends the pilot of a version. */
  end(no: number, how: 'promote' | 'withdraw', effectiveAt?: string): Promise<PilotView>;
}
