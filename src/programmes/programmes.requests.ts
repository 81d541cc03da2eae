import {
  Document,
  Instant,
  ListOfText,
  Nested,
  Optional,
  Text,
  WholeNumber,
} from '../platform/http/field.decorator.js';
import { DomainError } from '../platform/http/domain-error.js';
import { parseRate } from '../rules/points.js';
import type { PilotTerms } from './pilots/pilot.js';

/** For whom a version is at first: a share of members, or what happens at some locations. */
export class PilotedWith {
  /** Part of all members, such as `0.1`: which ones is drawn by hash. */
  @Optional()
  @Text(3, 8, /^0\.(?=\d*[1-9])\d{1,6}$/)
  share?: string;

  /** 1 to 500 locations, as purchases name them. */
  @Optional()
  @ListOfText({ min: 1, max: 64 }, 1, 500)
  locations?: string[];
}

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

  /** For whom the version is until its pilot ends; for all when left out. */
  @Optional()
  @Nested(() => PilotedWith)
  pilot?: PilotedWith;
}

/** Law P83: exactly one of the two is said. */
export function pilotTerms(pilot: PilotedWith | undefined): PilotTerms | undefined {
  if (pilot === undefined) return undefined;
  const { share, locations } = pilot;
  if ((share === undefined) === (locations === undefined)) {
    const detail = 'Say a share of members or some locations, not both.';
    const faults = [{ pointer: '/pilot', code: 'exactly_one', detail }];
    throw new DomainError('invalid_request', detail, {}, faults);
  }
  return { share: share === undefined ? undefined : Number(parseRate(share)), locations };
}

/** A document to publish; the JSON Schema says what it looks like. */
export class PublishVersion extends RestoreVersion {
  @Document()
  document: object;
}
