import {
  Document,
  Flag,
  Instant,
  Nested,
  Optional,
  Text,
  WholeNumber,
} from '../../platform/http/field.decorator.js';

/** Months that are looked back at most. */
const MONTHS_MAX = 60;

/** What members did, to play under the document beside the version in force. */
export class LookBack {
  /** Months of the programme's clock until now. */
  @WholeNumber(1, MONTHS_MAX)
  months: number;

  /** Whether those who want the most are let loose on it as well, which takes eight times as long. */
  @Optional()
  @Flag()
  adversaries?: boolean;
}

/** What to audit: the draft when it is left out. */
export class StartAudit {
  @Optional()
  @Document()
  document?: object;

  /** When it is to begin: days are looked at from then on, and from now where it is left out. */
  @Optional()
  @Instant()
  effectiveAt?: string;

  @Optional()
  @Nested(() => LookBack)
  history?: LookBack;
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
