import { consentActs, consentChannels, MemberReference } from '../../members/members.requests.js';
import {
  Instant,
  Nested,
  OneOf,
  Optional,
  Text,
  WholeNumber,
} from '../../platform/http/field.decorator.js';

/** Beyond what any programme converts. */
const AMOUNT_MAX = 1_000_000_000;
const code = /^[a-z0-9][a-z0-9_-]*$/;

/** The member's own act, by which this very conversion was asked for. */
export class AgreementGiven {
  @OneOf(consentActs)
  act: (typeof consentActs)[number];

  @OneOf(consentChannels)
  channel: (typeof consentChannels)[number];

  /** When the member said so. */
  @Instant()
  at: string;
}

export class ConvertOwnPoints {
  /** Code of the partner's currency. */
  @Text(1, 32, code)
  currency: string;

  /** Whole points that become units; the fee comes on top. */
  @WholeNumber(1, AMOUNT_MAX)
  points: number;
}

export class QuoteConversion extends ConvertOwnPoints {
  @Nested(() => MemberReference)
  member: MemberReference;
}

export class ConvertPoints extends QuoteConversion {
  @Nested(() => AgreementGiven)
  agreement: AgreementGiven;
}

export class PreviewUnits {
  @Nested(() => MemberReference)
  member: MemberReference;

  /** Code of the partner's currency. */
  @Text(1, 32, code)
  currency: string;

  /** Whole units that the partner has taken from the member. */
  @WholeNumber(1, AMOUNT_MAX)
  units: number;
}

export class ConvertUnits extends PreviewUnits {
  /** The partner's own number of it; none of its purchases or sales has the same one. */
  @Text(1, 100)
  reference: string;

  @Nested(() => AgreementGiven)
  agreement: AgreementGiven;
}

export class ConfirmConversion {
  /** The partner's own number of it; none of its purchases or sales has the same one. */
  @Text(1, 100)
  reference: string;
}

export class ConversionsPage {
  /** `next` of the page before. */
  @Optional()
  @Text(1, 64)
  cursor?: string;

  /** Conversions on a page, 1 to 200; 50 when left out. */
  @Optional()
  @Text(1, 3, /^([1-9]\d?|1\d\d|200)$/)
  limit?: string;
}
