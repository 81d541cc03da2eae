import { memberScopes, type MemberScope } from '../access/permissions.js';
import {
  Instant,
  ListOfText,
  Nested,
  OneOf,
  Optional,
  SomeOf,
  Text,
  WholeNumber,
} from '../platform/http/field.decorator.js';
import { contactChannels, type ContactChannel } from './contact/contact-channels.js';
import { SignalsGiven } from './signals/signals.requests.js';
import { PREFERENCES_MAX, code } from './profiles/profiles.requests.js';

/** How the member said yes. A box ticked in advance or silence is not an act. */
export const consentActs = [
  'ticked_box',
  'pressed_button',
  'signed_form',
  'said_yes',
  'scanned_code',
] as const;
export const consentChannels = ['store', 'web', 'app', 'phone', 'post'] as const;

export class ConsentGiven {
  /** Which text the member agreed to. */
  @Text(1, 64)
  textVersion: string;

  @OneOf(consentActs)
  act: (typeof consentActs)[number];

  @OneOf(consentChannels)
  channel: (typeof consentChannels)[number];

  /** When the member said yes. */
  @Instant()
  at: string;
}

export class EnrolMember {
  @Optional()
  @Text(4, 32, /^[ -]*[0-9A-Za-z](?:[ -]*[0-9A-Za-z]){3,}[ -]*$/)
  card?: string;

  @Optional()
  @Text(3, 254, /^[^\s@]+@[^\s@]+$/)
  email?: string;

  @Optional()
  @Text(5, 32, /^\+?[ ().\-/]*[0-9](?:[ ().\-/]*[0-9]){4,}[ ().\-/]*$/)
  phone?: string;

  @Optional()
  @Text(1, 200)
  name?: string;

  /** What the member said of themselves: code of a persona of the programme. */
  @Optional()
  @Text(1, 32, code)
  persona?: string;

  /** 1 to 12; no day and no year. */
  @Optional()
  @WholeNumber(1, 12)
  birthMonth?: number;

  /** Codes of what the programme lets members like. */
  @Optional()
  @ListOfText({ min: 1, max: 32, pattern: code }, 0, PREFERENCES_MAX)
  preferences?: string[];

  /** Over which channels they let themselves be told things; none when left out. */
  @Optional()
  @SomeOf(contactChannels, 0, contactChannels.length)
  contact?: ContactChannel[];

  /** The code of the member who referred them. */
  @Optional()
  @Text(16, 40, /^[0-9A-Za-z -]+$/)
  referralCode?: string;

  /** What tells them apart from others, as hashes of the retailer's own. */
  @Optional()
  @Nested(() => SignalsGiven)
  signals?: SignalsGiven;

  /** Without the member's own recorded consent nobody is enrolled. */
  @Optional()
  @Nested(() => ConsentGiven)
  consent?: ConsentGiven;
}

/** Exactly one of the four ways to name a member. */
export class MemberReference {
  @Optional()
  @Text(36, 36)
  id?: string;

  @Optional()
  @Text(4, 32)
  card?: string;

  @Optional()
  @Text(3, 254)
  email?: string;

  @Optional()
  @Text(5, 32)
  phone?: string;
}

export class MintToken {
  /** How long the token is good for; at most 15 minutes. */
  @Optional()
  @WholeNumber(30, 900)
  ttlSeconds?: number;

  /** What the token is good for; all but giving points away (`me:transfer`) and converting them (`me:convert`) when left out. */
  @Optional()
  @SomeOf(memberScopes, 1, memberScopes.length)
  scopes?: MemberScope[];
}
