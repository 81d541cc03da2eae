/** The core, as audits and replays ask it, and what the thread they run in does between two acts. */
import { act, type Action } from '../rules/act.js';
import type { Outcome } from '../rules/outcome.js';
import type { Programme } from '../rules/programme.js';
import type { State } from '../rules/state.js';

let before = (): void => undefined;

/** From now on something is done before each act that is asked of this thread; it has no part in what is decided. */
export function beforeEachAct(something: () => void): void {
  before = something;
}

/** What `act` decides. */
export function decide(programme: Programme, state: State, action: Action): Outcome {
  before();
  return act(programme, state, action);
}
