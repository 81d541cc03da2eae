import { Document, Instant, Optional, Text } from '../../platform/http/field.decorator.js';

/** What to audit: the draft when it is left out. */
export class StartAudit {
  @Optional()
  @Document()
  document?: object;
}

/** A finding that the caller answers for. */
export class AcceptFinding {
  /** Id of an audit that found it, as large as it is there. */
  @Text(36, 36)
  audit: string;

  @Text(1, 64)
  finding: string;

  /** Why the programme is published all the same. */
  @Text(10, 1_000)
  reason: string;

  /** When it ends: within a year. */
  @Instant()
  until: string;
}
