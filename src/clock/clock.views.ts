import { Shown } from '../platform/openapi/view.decorator.js';

export class ClockView {
  @Shown('instant', 'The time the programme goes by.')
  now: string;

  @Shown('whole', 'How far that is ahead of the real time, in milliseconds.')
  aheadMs: number;
}
