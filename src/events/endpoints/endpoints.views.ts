import { Shown } from '../../platform/openapi/view.decorator.js';
import { choosableTypes } from '../catalogue.js';
import type { WebhookEndpoint } from './endpoint.entity.js';

export class EndpointView {
  @Shown('text')
  id: string;

  @Shown('text')
  url: string;

  @Shown('text')
  description: string;

  @Shown({ enum: choosableTypes, isArray: true }, 'Types of events it wants.')
  types: string[];

  @Shown({ enum: ['enabled', 'disabled'] })
  state: string;

  @Shown(
    { type: 'string', enum: ['staff', 'gone', 'failing', null] },
    'Null while enabled; gone: it answered 410; failing: nothing got through for five days.',
    'nullable',
  )
  disabledBecause: string | null;

  @Shown('instant')
  createdAt: string;

  @Shown('text')
  createdBy: string;

  @Shown('instant', 'Until when the secret before is signed with as well.', 'nullable')
  oldSecretUntil: string | null;

  @Shown('whole', 'Tries in a row that failed; from ten on it is only probed.')
  failures: number;

  @Shown('instant', 'Since when nothing got through.', 'nullable')
  failingSince: string | null;

  @Shown('instant', 'To ten seconds.', 'nullable')
  lastSuccessAt: string | null;

  @Shown('instant', undefined, 'nullable')
  lastFailureAt: string | null;

  @Shown('text', 'Why the last failure failed, such as status_500 or timeout.', 'nullable')
  lastProblem: string | null;
}

export class CreatedEndpointView extends EndpointView {
  @Shown(
    'text',
    'What deliveries are signed with, as Standard Webhooks spells it: shown this once.',
  )
  secret: string;
}

export class EndpointsView {
  @Shown([EndpointView], 'Oldest first.')
  items: EndpointView[];
}

export class NewSecretView {
  @Shown('text', 'Shown this once.')
  secret: string;

  @Shown('instant', 'Until when the secret before is signed with as well.', 'nullable')
  oldSecretUntil: string | null;
}

export class TestedView {
  @Shown('text', 'Id of the event that is on its way; the deliveries say what became of it.')
  event: string;
}

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

export function endpointView(endpoint: WebhookEndpoint): EndpointView {
  const { id, url, description, types, state, disabledBecause, createdBy, failures } = endpoint;
  return {
    id,
    url,
    description,
    types,
    state,
    disabledBecause,
    createdAt: endpoint.createdAt.toISOString(),
    createdBy,
    oldSecretUntil: instant(endpoint.oldSecretUntil),
    failures,
    failingSince: instant(endpoint.failingSince),
    lastSuccessAt: instant(endpoint.lastSuccessAt),
    lastFailureAt: instant(endpoint.lastFailureAt),
    lastProblem: endpoint.lastProblem,
  };
}

export const createdEndpointView = (
  endpoint: WebhookEndpoint,
  secret: string,
): CreatedEndpointView => Object.assign(endpointView(endpoint), { secret });
