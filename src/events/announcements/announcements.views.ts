import { Shown } from '../../platform/openapi/view.decorator.js';

export class PublishedData {
  @Shown('whole')
  version: number;

  @Shown('instant')
  effectiveAt: string;
}

export class OfferData {
  @Shown('text', 'Code of the offer.')
  offer: string;

  @Shown('instant')
  at: string;
}

export class FreezeData {
  @Shown('memberId')
  member: string;

  @Shown('instant')
  at: string;

  @Shown({ type: 'array', items: { type: 'string' } }, 'Tables and columns that differed.')
  found: string[];
}

export class AlertData {
  @Shown('text', 'The monitor; /v1/monitors says what it found.')
  monitor: string;

  @Shown('text', 'What it is about, such as rule/visit.')
  subject: string;

  @Shown('text', 'The day of the programme on which it began.')
  day: string;

  @Shown('whole', 'The newest version of the programme that has it.')
  version: number;

  @Shown('whole', 'Cases that are what is looked for.')
  hits: number;

  @Shown('whole', 'Cases that were looked at.')
  total: number;
}

export class SettlementData {
  @Shown('text', 'Code of the partner; its statement says what the balance is made of.')
  partner: string;

  @Shown('text', 'The month: 2026-06.')
  period: string;

  @Shown('text', 'ISO 4217 code.')
  currency: string;

  @Shown('whole', 'Minor units that the partner owes; negative = it is owed.')
  balance: number;
}

export class SignedHeadView {
  @Shown('whole')
  bucket: number;

  @Shown('whole', 'Members whose chains grew.')
  members: number;

  @Shown('text')
  root: string;

  @Shown('text')
  previous: string;

  @Shown('text')
  signature: string;
}

/** What `HEADS_DIR` holds of the day; kept elsewhere, `fealty verify` takes it as it is. */
export class HeadsData {
  @Shown('text')
  format: string;

  @Shown('text')
  day: string;

  @Shown('text')
  publicKey: string;

  @Shown([SignedHeadView])
  heads: SignedHeadView[];
}
