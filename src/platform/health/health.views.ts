import { Shown } from '../openapi/view.decorator.js';

export class LiveView {
  @Shown({ enum: ['ok'] })
  status: 'ok';
}

class IndicatorView {
  @Shown({ enum: ['up'] })
  status: string;
}

class IndicatorsView {
  @Shown(IndicatorView)
  database: IndicatorView;
}

/** What Terminus answers when every check passes; otherwise there is a problem instead. */
export class ReadyView {
  @Shown({ enum: ['ok'] })
  status: string;

  @Shown(IndicatorsView, 'What is up.')
  info: IndicatorsView;

  @Shown({ type: 'object', additionalProperties: false }, 'What is down: nothing.')
  error: object;

  @Shown(IndicatorsView)
  details: IndicatorsView;

  @Shown({ type: 'array', items: { type: 'string' } }, 'What needs a look although it is ready.')
  concerns: string[];
}
