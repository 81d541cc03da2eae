import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, Not, type EntityManager } from 'typeorm';
import { AuditService } from '../access/audit.service.js';
import { readRetailerKinds } from '../access/credentials/credentials.queries.js';
import { bodyHash } from '../platform/http/canonical.js';
import { DomainError } from '../platform/http/domain-error.js';
import { checkDocument } from './check.js';
import type { ProgrammeDocument } from './document.js';
import { Unseen, type Gate } from './pilots/gate.js';
import { partnersAtStart } from './partners/laws.js';
import type { Pilot, PilotTerms } from './pilots/pilot.js';
import { insertPilot, readClock, readPilots } from './pilots/pilots.queries.js';
import { frozenBaselines } from './metered/laws.js';
import { ProgrammeBookService } from './programme-book.service.js';
import { ProgrammeVersion } from './programme-version.entity.js';
import {
  follow,
  invalidProgramme,
  keepBeside,
  keepIdentity,
  lastChange,
  noInForce,
  PUBLISHING_LOCK,
  refuseFor,
  startOf,
  type Publication,
} from './pilots/publishing.js';

export type { Publication };

export interface Published {
  /** False when the newest version is this very document, and nothing was done. */
  published: boolean;
  version: ProgrammeVersion;
}

/** What tells whether a version is in force, as of one instant. */
export interface Moment {
  /** Milliseconds since 1970 UTC, by the database's clock. */
  now: number;
  /** Number of the version in force, pilots left out; 0 = none. */
  liveNo: number;
  /** By the numbers of their versions. */
  pilots: ReadonlyMap<number, Pilot>;
}

/** Makes the document to publish of the newest version, within the transaction of publishing. */
export type Deciding = (
  tx: EntityManager,
  newest: ProgrammeVersion | undefined,
) => Promise<ProgrammeDocument>;

/** How often a document is looked at anew because another version was published meanwhile. */
const LOOKS_MAX = 3;

/** Publishes programme versions, and tells which there are. */
@Injectable()
export class ProgrammesService {
  private gate: Gate | undefined;

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

  /** From now on every document passes this gate before it is published. */
  register(gate: Gate): void {
    this.gate = gate;
  }

  /**
   * Publishes what `decide` answers once it is this publisher's turn; it must be checked. What the gate
   * has not seen is looked at while nobody waits, and then decided again.
   */
  async issue(publication: Publication, decide: Deciding): Promise<Published> {
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      const result = await this.attempt(publication, decide);
      if (result instanceof Unseen) {
        await this.gate?.look(result.candidate);
        continue;
      }
      // The version stands even if it cannot be read back now; the next batch sees it is there.
      await this.book.refresh().catch(() => undefined);
      return result;
    }
    throw new DomainError(
      'unavailable',
      'The programme kept changing while it was looked at. Retry.',
    );
  }

  private async attempt(publication: Publication, decide: Deciding): Promise<Published | Unseen> {
    try {
      return await this.dataSource.transaction((tx) => this.written(tx, publication, decide));
    } catch (error) {
      if (error instanceof Unseen) return error;
      throw error;
    }
  }

  private async written(
    tx: EntityManager,
    publication: Publication,
    decide: Deciding,
  ): Promise<Published> {
    // Publishers queue here, before the clock is read and the newest version is looked up.
    await tx.query('SELECT pg_advisory_xact_lock($1)', [PUBLISHING_LOCK]);
    const now = await readClock(tx);
    const newest = await this.newest(tx);
    const document = await decide(tx, newest);
    // Canonical, so that the same document with its fields in another order is no new version.
    const digest = Buffer.from(bodyHash(document), 'hex');
    if (newest?.digest.equals(digest) === true) return { published: false, version: newest };
    follow(publication.after, newest);
    const last = lastChange(await this.versions(tx), await readPilots(tx));
    if (newest !== undefined) keepIdentity(newest.document, document, publication.at);
    keepBeside(newest?.document, document, publication);
    refuseFor(
      frozenBaselines(await this.earlier(tx, document), document, now),
      publication.at ?? '',
    );
    const startsAt = startOf(publication, now, last?.at);
    await keepKinds(tx, document, { startsAt, at: publication.at });
    const { by, at = '' } = publication;
    const candidate = { document, digest, before: newest, by, at, now, startsAt };
    const passed = await this.gate?.pass(tx, candidate);
    if (this.gate !== undefined && passed === undefined) throw new Unseen(candidate);
    const version = tx.create(ProgrammeVersion, {
      no: (last?.no ?? 0) + 1,
      document,
      digest,
      effectiveAt: new Date(startsAt),
      publishedAt: new Date(now),
      publishedBy: publication.by,
    });
    await tx.insert(ProgrammeVersion, version);
    if (publication.pilot !== undefined) await insertPilot(tx, version.no, publication.pilot);
    if (passed !== undefined) await this.gate?.published(tx, version.no, passed);
    await this.record(tx, version, publication.pilot);
    return { published: true, version };
  }

  /** Now, and which version is in force. */
  async moment(at?: number): Promise<Moment> {
    const { manager } = this.dataSource;
    const now = at ?? (await readClock(manager));
    const versions = await this.versions();
    const pilots = await readPilots(manager);
    return { now, liveNo: noInForce(versions, pilots, now), pilots };
  }

  /**
   * The newest version that was not withdrawn, which may start in the future; undefined = nothing is
   * published.
   */
  async newest(tx: EntityManager = this.dataSource.manager): Promise<ProgrammeVersion | undefined> {
    const withdrawn = [...(await readPilots(tx)).values()].flatMap(({ versionNo, end }) =>
      end?.outcome === 'withdrawn' ? [versionNo] : [],
    );
    const where = { no: Not(In(withdrawn)) };
    const [newest] = await tx.find(ProgrammeVersion, { where, order: { no: 'DESC' }, take: 1 });
    return newest;
  }

  /** The programme's now, which a test clock may have moved. */
  async now(tx: EntityManager = this.dataSource.manager): Promise<Date> {
    return new Date(await readClock(tx));
  }

  /**
   * The version in force at an instant in milliseconds, or by the database's clock, for all who are in
   * no pilot.
   */
  async live(at?: number): Promise<ProgrammeVersion> {
    const { liveNo } = await this.moment(at);
    if (liveNo > 0) return this.version(liveNo);
    throw new DomainError('no_programme', 'No programme version is in force.');
  }

  /** Every version, newest first, without its document unless asked for. */
  async versions(
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Omit<ProgrammeVersion, 'document'>[]> {
    return tx.find(ProgrammeVersion, {
      select: { no: true, digest: true, effectiveAt: true, publishedAt: true, publishedBy: true },
      order: { no: 'DESC' },
    });
  }

  /** Documents of all versions, where the next one says something that depends on them. */
  private async earlier(
    tx: EntityManager,
    { earningRules }: ProgrammeDocument,
  ): Promise<ProgrammeDocument[]> {
    if (earningRules.every(({ kind }) => kind !== 'metered_reduction')) return [];
    return (await tx.find(ProgrammeVersion)).map(({ document }) => document);
  }

  async version(no: number): Promise<ProgrammeVersion> {
    const version = await this.dataSource.manager.findOneBy(ProgrammeVersion, { no });
    if (version !== null) return version;
    throw new DomainError('not_found', `There is no version ${String(no)}.`);
  }

  private async record(
    tx: EntityManager,
    version: ProgrammeVersion,
    pilot: PilotTerms | undefined,
  ): Promise<void> {
    await this.audit.record(tx, {
      actor: version.publishedBy,
      action: 'programme.published',
      subject: `programme/versions/${String(version.no)}`,
      details: {
        digest: version.digest.toString('hex'),
        effectiveAt: version.effectiveAt.toISOString(),
        publishedAt: version.publishedAt.toISOString(),
        ...(pilot !== undefined && { pilot }),
      },
    });
  }
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
