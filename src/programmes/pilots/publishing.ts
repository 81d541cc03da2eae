/** What publishing asks of a document and of its place among versions, and how it says no. */
import { DomainError } from '../../platform/http/domain-error.js';
import { instantRules } from '../../platform/validation/field-rules.js';
import type { ProgrammeDocument } from '../document.js';
import { keptIdentity } from '../laws/identity.js';
import { keptBeside } from './laws.js';
import { isInForce, type Pilot, type PilotTerms } from './pilot.js';
import type { ProgrammeVersion } from '../programme-version.entity.js';

export interface Publication {
  /** RFC 3339; without it the version starts as soon as it may. */
  effectiveAt?: string | undefined;
  /** Who publishes, as the audit log names actors. */
  by: string;
  /** JSON pointer of the document in what was sent, for the faults; '' = it was sent alone. */
  at?: string | undefined;
  /** Number of the version it is meant to follow; undefined = whichever is the newest. */
  after?: number | undefined;
  /** For whom it is until the pilot ends; undefined = for all. */
  pilot?: PilotTerms | undefined;
}

/**
 * How far ahead a later version starts at least, in milliseconds: longer than any batch that has
 * chosen its version already may still take.
 */
export const NOTICE_MS = 5_000;

/** Any number that no other advisory lock of this database uses. */
export const PUBLISHING_LOCK = 7_001;

/** Law P13: the first version may start at any time; a later one leaves running batches alone. */
export function startOf({ effectiveAt }: Publication, now: number, newest?: number): number {
  if (newest === undefined) return effectiveAt === undefined ? now : instantOf(effectiveAt);
  const earliest = now + NOTICE_MS;
  const start = effectiveAt === undefined ? earliest : instantOf(effectiveAt);
  if (start >= earliest && start > newest) return start;
  throw new DomainError(
    'programme_starts_too_soon',
    'A later version starts at least five seconds from now, and after the newest version.',
    {
      earliest: new Date(Math.max(earliest, newest + 1)).toISOString(),
      newestStarts: new Date(newest).toISOString(),
    },
  );
}

/** Milliseconds since 1970 UTC; checked here too, as not every caller is a request. */
export function instantOf(text: string): number {
  const [fault] = instantRules.filter(({ test }) => !test(text));
  if (fault === undefined) return Date.parse(text);
  const faults = [{ pointer: '/effectiveAt', code: 'is_instant', detail: fault.detail }];
  throw new DomainError('invalid_request', `/effectiveAt ${fault.detail}.`, {}, faults);
}

/** Law P12. */
export function keepIdentity(before: ProgrammeDocument, after: ProgrammeDocument, at = ''): void {
  refuseFor(keptIdentity(before, after), at);
}

/** Throws what laws of publishing found, with the place of the document in what was sent. */
export function refuseFor(findings: DomainError['faults'], at: string): void {
  const faults = findings.map((fault) => ({ ...fault, pointer: `${at}${fault.pointer}` }));
  if (faults.length > 0) throw invalidProgramme(faults);
}

/** Law P82: a pilot has a version beside it, and differs from it in how is earned alone. */
export function keepBeside(
  beside: ProgrammeDocument | undefined,
  document: ProgrammeDocument,
  { pilot, at = '' }: Publication,
): void {
  if (pilot === undefined) return;
  if (beside === undefined) {
    const detail = 'The first version is for all: there is none beside it.';
    const faults = [{ pointer: '/pilot', code: 'nothing_beside_it', detail }];
    throw new DomainError('invalid_request', detail, {}, faults);
  }
  refuseFor(keptBeside(beside, document), at);
}

type Listed = Pick<ProgrammeVersion, 'no' | 'effectiveAt'>;

/**
 * Number of the newest version and the instant after which another one may start: its own start, or
 * the end of its pilot. Law P83: while a pilot runs no other version is published.
 */
export function lastChange(
  versions: readonly Listed[],
  pilots: ReadonlyMap<number, Pilot>,
): { no: number; at: number } | undefined {
  const [newest] = versions;
  if (newest === undefined) return undefined;
  const { no } = newest;
  const pilot = pilots.get(no);
  if (pilot === undefined) return { no, at: newest.effectiveAt.getTime() };
  if (pilot.end === undefined) {
    const detail = 'A version is piloted; publish it for all or withdraw it first.';
    throw new DomainError('pilot_running', detail, { version: no });
  }
  return { no, at: Math.max(newest.effectiveAt.getTime(), pilot.end.effectiveAt) };
}

/** Number of the version in force at an instant for all who are in no pilot; newest ones first. */
export function noInForce(
  versions: readonly Listed[],
  pilots: ReadonlyMap<number, Pilot>,
  instant: number,
): number {
  const found = versions.find(
    ({ no, effectiveAt }) => effectiveAt.getTime() <= instant && isInForce(pilots.get(no), instant),
  );
  return found?.no ?? 0;
}

/** Law P24: whoever has seen a plan gets what was planned, or is told that it is overtaken. */
export function follow(after: number | undefined, newest: ProgrammeVersion | undefined): void {
  const no = newest?.no ?? 0;
  if (after !== undefined && after !== no) throw newerVersion(no);
}

export const newerVersion = (newest: number): DomainError =>
  new DomainError('newer_version', 'Another version was published since; look at it first.', {
    newest,
  });

export const invalidProgramme = (faults: DomainError['faults']): DomainError =>
  new DomainError('invalid_programme', 'The programme cannot be published.', {}, faults);

/** Beyond nine digits a number fits no version, nor the column it is kept in. */
export function versionNo(no: string): number {
  if (/^[1-9]\d{0,8}$/.test(no)) return Number(no);
  throw new DomainError('not_found', 'There is no such version.');
}
