import { Document, Instant, Optional, WholeNumber } from '../platform/http/field.decorator.js';

/** When to publish, and what it is meant to follow. */
export class RestoreVersion {
  /** When the version starts; without it, as soon as it may. */
  @Optional()
  @Instant()
  effectiveAt?: string;

  /** Number of the newest version that was looked at; a newer one is not overtaken then. */
  @Optional()
  @WholeNumber(0, 999_999_999)
  after?: number;
}

/** A document to publish; the JSON Schema says what it looks like. */
export class PublishVersion extends RestoreVersion {
  @Document()
  document: object;
}
