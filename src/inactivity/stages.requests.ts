import { Optional, Text } from '../platform/http/field.decorator.js';

export class StagePage {
  /** `next` of the page before. */
  @Optional()
  @Text(1, 64)
  cursor?: string;

  /** Members on a page, 1 to 200; 100 when left out. */
  @Optional()
  @Text(1, 3, /^([1-9]\d?|1\d\d|200)$/)
  limit?: string;
}
