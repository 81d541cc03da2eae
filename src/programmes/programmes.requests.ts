import { Document, Instant, Optional } from '../platform/http/field.decorator.js';

/** A document to publish; the JSON Schema says what it looks like. */
export class PublishVersion {
  @Document()
  document: object;

  /** When the version starts; without it, as soon as it may. */
  @Optional()
  @Instant()
  effectiveAt?: string;
}
