import { Shown } from '../../platform/openapi/view.decorator.js';
import { eventTypeNames } from '../catalogue.js';
import { deliveryStates, type DeliveryState } from './deliveries.requests.js';
import type { Attempt } from './deliveries.queries.js';

export class AttemptView {
  @Shown('instant')
  at: string;

  @Shown('whole', 'Milliseconds it took.')
  ms: number;

  @Shown('whole', 'HTTP status; null when there was no answer.', 'nullable')
  status: number | null;

  @Shown(
    'text',
    'Why it failed, such as status_500, timeout or certificate; null when it did not.',
    'nullable',
  )
  problem: string | null;
}

export class DeliveryView {
  @Shown('text', 'Id of the event: webhook-id of each try.')
  event: string;

  @Shown({ enum: eventTypeNames })
  type: string;

  @Shown({ enum: [...deliveryStates] }, 'waiting: for one before it of the same member.')
  state: DeliveryState;

  @Shown('instant', 'When it was put on its way, at last.')
  madeAt: string;

  @Shown('instant', 'When it is tried next; null when it is not.', 'nullable')
  nextAt: string | null;

  @Shown('instant', 'When it was delivered or given up; null before.', 'nullable')
  endedAt: string | null;

  @Shown('whole', 'Tries since it was put on its way.')
  tries: number;

  @Shown([AttemptView], 'The last twenty, oldest first.')
  attempts: AttemptView[];
}

export class DeliveriesPageView {
  @Shown([DeliveryView], 'Newest first.')
  items: DeliveryView[];

  @Shown('text', '`cursor` of the page after; null on the last.', 'nullable')
  next: string | null;
}

export class SentAgainView {
  @Shown('whole', 'Events of this answer that are sent, or on their way already.')
  events: number;

  @Shown('text', '`cursor` with which to go on; null when nothing is left.', 'nullable')
  next: string | null;
}

export interface LoggedDelivery {
  event: string;
  type: string;
  state: DeliveryState;
  made_at: Date;
  next_at: Date;
  ended_at: Date | null;
  tries: number;
  attempts: Attempt[];
}

export function deliveryView(row: LoggedDelivery): DeliveryView {
  const { event, type, state, tries, attempts } = row;
  return {
    event,
    type,
    state,
    madeAt: row.made_at.toISOString(),
    nextAt: state === 'due' ? row.next_at.toISOString() : null,
    endedAt: row.ended_at?.toISOString() ?? null,
    tries,
    attempts,
  };
}
