import { Document, Optional, Text } from '../../platform/http/field.decorator.js';

/** A document of which one would like to know what publishing it changes. */
export class PlanDocument {
  @Document()
  document: object;
}

const versionName = /^(?:draft|live|newest|[1-9]\d{0,8})$/;

/** Two documents: `draft`, `live`, `newest`, or numbers of versions. */
export class CompareVersions {
  /** `live` when left out. */
  @Optional()
  @Text(1, 9, versionName)
  from?: string;

  /** `draft` when left out. */
  @Optional()
  @Text(1, 9, versionName)
  to?: string;
}
