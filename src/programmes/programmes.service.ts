import { Inject, Injectable } from '@nestjs/common';
import { DataSource, LessThanOrEqual, type EntityManager } from 'typeorm';
import { AuditService } from '../access/audit.service.js';
import { readRetailerKinds } from '../access/credentials/credentials.queries.js';
import { bodyHash } from '../platform/http/canonical.js';
import { DomainError } from '../platform/http/domain-error.js';
import { instantRules } from '../platform/validation/field-rules.js';
import { checkDocument } from './check.js';
import type { ProgrammeDocument } from './document.js';
import { keptIdentity } from './laws/identity.js';
import { partnersAtStart } from './partners/laws.js';
import { ProgrammeBookService } from './programme-book.service.js';
import { ProgrammeVersion } from './programme-version.entity.js';

export interface Publication {
  /** RFC 3339; without it the version starts as soon as it may. */
  effectiveAt?: string | undefined;
  /** Who publishes, as the audit log names actors. */
  by: string;
  /** JSON pointer of the document in what was sent, for the faults; '' = it was sent alone. */
  at?: string | undefined;
  /** Number of the version it is meant to follow; undefined = whichever is the newest. */
  after?: number | undefined;
}

export interface Published {
  /** False when the newest version is this very document, and nothing was done. */
  published: boolean;
  version: ProgrammeVersion;
}

/** What tells whether a version is in force, as of one instant. */
export interface Moment {
  /** Milliseconds since 1970 UTC, by the database's clock. */
  now: number;
  /** Number of the version in force; 0 = none. */
  liveNo: number;
}

/** Makes the document to publish of the newest version, within the transaction of publishing. */
export type Deciding = (
  tx: EntityManager,
  newest: ProgrammeVersion | undefined,
) => Promise<ProgrammeDocument>;

/**
 * How far ahead a later version starts at least, in milliseconds: longer than any batch that has
 * chosen its version already may still take.
 */
const NOTICE_MS = 5_000;

/** Any number that no other advisory lock of this database uses. */
const PUBLISHING_LOCK = 7_001;

/** Publishes programme versions, and tells which there are. */
@Injectable()
export class ProgrammesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(ProgrammeBookService) private readonly book: ProgrammeBookService,
  ) {}

  /**
   * Publishes a document as the next version. Rejects with `invalid_programme` and every fault, with
   * `programme_starts_too_soon`, or with `newer_version` when it does not follow the one it should.
   */
  async publish(value: unknown, publication: Publication): Promise<Published> {
    const checked = checkDocument(value, publication.at);
    if ('faults' in checked) throw invalidProgramme(checked.faults);
    return this.issue(publication, () => Promise.resolve(checked.document));
  }

  /** Publishes the document of an earlier version anew, as far as the laws of today allow it. */
  async restore(no: number, publication: Publication): Promise<Published> {
    const { document } = await this.version(no);
    return this.publish(document, publication);
  }

  /** Publishes what `decide` answers once it is this publisher's turn; it must be checked. */
  async issue(publication: Publication, decide: Deciding): Promise<Published> {
    const result = await this.dataSource.transaction(async (tx) => {
      // Publishers queue here, before the clock is read and the newest version is looked up.
      await tx.query('SELECT pg_advisory_xact_lock($1)', [PUBLISHING_LOCK]);
      const now = await readClock(tx);
      const newest = await this.newest(tx);
      const document = await decide(tx, newest);
      // Canonical, so that the same document with its fields in another order is no new version.
      const digest = Buffer.from(bodyHash(document), 'hex');
      if (newest?.digest.equals(digest) === true) return { published: false, version: newest };
      follow(publication.after, newest);
      if (newest !== undefined) keepIdentity(newest.document, document, publication.at);
      const startsAt = startOf(publication, now, newest);
      await keepKinds(tx, document, { startsAt, at: publication.at });
      const version = tx.create(ProgrammeVersion, {
        no: (newest?.no ?? 0) + 1,
        document,
        digest,
        effectiveAt: new Date(startsAt),
        publishedAt: new Date(now),
        publishedBy: publication.by,
      });
      await tx.insert(ProgrammeVersion, version);
      await this.record(tx, version);
      return { published: true, version };
    });
    // The version stands even if it cannot be read back now; the next batch sees it is there.
    await this.book.refresh().catch(() => undefined);
    return result;
  }

  /** Now, and which version is in force. */
  async moment(): Promise<Moment> {
    const { manager } = this.dataSource;
    const now = await readClock(manager);
    const [row] = await manager.query<{ no: number | null }[]>(
      'SELECT max(no) AS no FROM programme_versions WHERE effective_at <= $1',
      [new Date(now)],
    );
    return { now, liveNo: row?.no ?? 0 };
  }

  /** The newest version, which may start in the future; undefined = nothing is published. */
  async newest(tx: EntityManager = this.dataSource.manager): Promise<ProgrammeVersion | undefined> {
    const [newest] = await tx.find(ProgrammeVersion, { order: { no: 'DESC' }, take: 1 });
    return newest;
  }

  /** The programme's now, which a test clock may have moved. */
  async now(tx: EntityManager = this.dataSource.manager): Promise<Date> {
    return new Date(await readClock(tx));
  }

  /** The version in force at an instant in milliseconds, or by the database's clock. */
  async live(at?: number): Promise<ProgrammeVersion> {
    const { manager } = this.dataSource;
    const [version] = await manager.find(ProgrammeVersion, {
      where: { effectiveAt: LessThanOrEqual(new Date(at ?? (await readClock(manager)))) },
      order: { no: 'DESC' },
      take: 1,
    });
    if (version !== undefined) return version;
    throw new DomainError('no_programme', 'No programme version is in force.');
  }

  /** Every version, newest first, without its document unless asked for. */
  async versions(): Promise<Omit<ProgrammeVersion, 'document'>[]> {
    return this.dataSource.manager.find(ProgrammeVersion, {
      select: { no: true, digest: true, effectiveAt: true, publishedAt: true, publishedBy: true },
      order: { no: 'DESC' },
    });
  }

  async version(no: number): Promise<ProgrammeVersion> {
    const version = await this.dataSource.manager.findOneBy(ProgrammeVersion, { no });
    if (version !== null) return version;
    throw new DomainError('not_found', `There is no version ${String(no)}.`);
  }

  private async record(tx: EntityManager, version: ProgrammeVersion): Promise<void> {
    await this.audit.record(tx, {
      actor: version.publishedBy,
      action: 'programme.published',
      subject: `programme/versions/${String(version.no)}`,
      details: {
        digest: version.digest.toString('hex'),
        effectiveAt: version.effectiveAt.toISOString(),
        publishedAt: version.publishedAt.toISOString(),
      },
    });
  }
}

/** The programme's now in milliseconds since 1970 UTC. */
async function readClock(tx: EntityManager): Promise<number> {
  const [row] = await tx.query<{ now: Date }[]>('SELECT programme_now() AS now');
  if (row === undefined) throw new Error('invariant: the database tells the time');
  return row.now.getTime();
}

/** Law P13: the first version may start at any time; a later one leaves running batches alone. */
function startOf({ effectiveAt }: Publication, now: number, newest?: ProgrammeVersion): number {
  if (newest === undefined) return effectiveAt === undefined ? now : instantOf(effectiveAt);
  const earliest = now + NOTICE_MS;
  const start = effectiveAt === undefined ? earliest : instantOf(effectiveAt);
  if (start >= earliest && start > newest.effectiveAt.getTime()) return start;
  throw new DomainError(
    'programme_starts_too_soon',
    'A later version starts at least five seconds from now, and after the newest version.',
    {
      earliest: new Date(Math.max(earliest, newest.effectiveAt.getTime() + 1)).toISOString(),
      newestStarts: newest.effectiveAt.toISOString(),
    },
  );
}

/** Milliseconds since 1970 UTC; checked here too, as not every caller is a request. */
function instantOf(text: string): number {
  const [fault] = instantRules.filter(({ test }) => !test(text));
  if (fault === undefined) return Date.parse(text);
  const faults = [{ pointer: '/effectiveAt', code: 'is_instant', detail: fault.detail }];
  throw new DomainError('invalid_request', `/effectiveAt ${fault.detail}.`, {}, faults);
}

/** Law P12. */
function keepIdentity(before: ProgrammeDocument, after: ProgrammeDocument, at = ''): void {
  refuseFor(keptIdentity(before, after), at);
}

/** Law P68, as far as the retailers are known yet. */
async function keepKinds(
  tx: EntityManager,
  document: ProgrammeDocument,
  { startsAt, at = '' }: { startsAt: number; at: string | undefined },
): Promise<void> {
  if (document.partners === undefined) return;
  const kinds = await readRetailerKinds(tx);
  refuseFor(partnersAtStart(document, { kinds, startsAt }), at);
}

function refuseFor(findings: DomainError['faults'], at: string): void {
  const faults = findings.map((fault) => ({ ...fault, pointer: `${at}${fault.pointer}` }));
  if (faults.length > 0) throw invalidProgramme(faults);
}

/** Law P24: whoever has seen a plan gets what was planned, or is told that it is overtaken. */
function follow(after: number | undefined, newest: ProgrammeVersion | undefined): void {
  const no = newest?.no ?? 0;
  if (after !== undefined && after !== no) throw newerVersion(no);
}

export const newerVersion = (newest: number): DomainError =>
  new DomainError('newer_version', 'Another version was published since; look at it first.', {
    newest,
  });

export const invalidProgramme = (faults: DomainError['faults']): DomainError =>
  new DomainError('invalid_programme', 'The programme cannot be published.', {}, faults);
