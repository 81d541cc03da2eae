import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { checkDocument } from '../check.js';
import { differences } from '../diff/diff.js';
import type { ProgrammeVersion } from '../programme-version.entity.js';
import { ProgrammesService, type Publication, type Published } from '../programmes.service.js';
import { invalidProgramme, newerVersion } from '../pilots/publishing.js';
import { boundedDraft } from './bounds.js';
import { Draft, PROGRAMME } from './draft.entity.js';

/** The draft as its editors see it. */
export interface DraftState {
  /** Any JSON object; a copy of the newest version, or empty, while nobody has made one. */
  document: object;
  revision: number;
  /** Whether somebody has changed it since the last version or discarding. */
  isBegun: boolean;
  /** Number of the version it follows from; 0 = none. */
  baseNo: number;
  newest: ProgrammeVersion | undefined;
  changedAt: Date | null;
  changedBy: string | null;
  etag: string;
}

/** How a draft was changed, for the audit log. */
export type Change = 'put' | 'merge_patch' | 'json_patch';

/** Places that an audit entry names; more tell no more. */
const NAMED_MAX = 50;

/** The one draft of the programme: optimistic locking, and who changed what. */
@Injectable()
export class DraftsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(ProgrammesService) private readonly programmes: ProgrammesService,
  ) {}

  async read(): Promise<DraftState> {
    const { manager } = this.dataSource;
    const draft = await manager.findOneBy(Draft, { name: PROGRAMME });
    return stateOf(draft ?? undefined, await this.programmes.newest());
  }

  /**
   * Changes the draft that has one of the tags. `make` may throw; nothing is changed then, nor when
   * it answers an equal document. A draft that is replaced as a whole follows from the newest
   * version, which its tag vouches that the editor has seen.
   */
  async change(
    tags: readonly string[],
    { by, how }: { by: string; how: Change },
    make: (document: object) => unknown,
  ): Promise<DraftState> {
    return this.dataSource.transaction(async (tx) => {
      const before = await this.locked(tx, tags);
      const document = boundedDraft(make(before.document));
      const newestNo = before.newest?.no ?? 0;
      const baseNo = how === 'put' ? newestNo : before.baseNo;
      const isSame = bodyHash(document) === bodyHash(before.document) && baseNo === before.baseNo;
      if (isSame) return before;
      const pointers = differences(before.document, document).map(({ pointer }) => pointer);
      const after = await this.write(tx, before, { document, baseNo, by });
      await this.record(tx, after, by, 'programme.draft_changed', {
        how,
        base: baseNo,
        digest: bodyHash(document),
        changes: pointers.length,
        pointers: pointers.slice(0, NAMED_MAX),
      });
      return after;
    });
  }

  /** Gives a draft up; the next one begins with the newest version again. */
  async discard(tags: readonly string[], by: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const before = await this.locked(tx, tags);
      if (!before.isBegun) return;
      const after = await this.write(tx, before, { document: null, baseNo: before.baseNo, by });
      const digest = bodyHash(before.document);
      await this.record(tx, after, by, 'programme.draft_discarded', { digest });
    });
  }

  /**
   * Publishes just the draft that has one of the tags, and clears it in the same transaction.
   * Rejects with `newer_version` when it does not follow from the newest version, and otherwise as
   * publishing a document does; pointers are those of the draft.
   */
  async publish(tags: readonly string[], publication: Publication): Promise<Published> {
    return this.programmes.issue(publication, async (tx) => {
      const before = await this.locked(tx, tags);
      const newestNo = before.newest?.no ?? 0;
      if (before.baseNo !== newestNo) throw newerVersion(newestNo);
      const checked = checkDocument(before.document);
      if ('faults' in checked) throw invalidProgramme(checked.faults);
      if (before.isBegun) {
        const { by } = publication;
        const after = await this.write(tx, before, { document: null, baseNo: newestNo, by });
        const digest = bodyHash(before.document);
        await this.record(tx, after, by, 'programme.draft_published', { digest });
      }
      return checked.document;
    });
  }

  /** The draft, which nobody else changes until the transaction ends, if it has one of the tags. */
  private async locked(tx: EntityManager, tags: readonly string[]): Promise<DraftState> {
    await tx.query(
      'INSERT INTO drafts (name, revision, base_no) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING',
      [PROGRAMME],
    );
    const draft = await tx.findOneOrFail(Draft, {
      where: { name: PROGRAMME },
      lock: { mode: 'pessimistic_write' },
    });
    const state = stateOf(draft, await this.programmes.newest(tx));
    if (tags.includes(state.etag)) return state;
    throw new DomainError('draft_changed', 'The draft is not as you have read it; read it again.', {
      ...(state.changedAt !== null && { changedAt: state.changedAt.toISOString() }),
      ...(state.changedBy !== null && { changedBy: state.changedBy }),
    });
  }

  private async write(
    tx: EntityManager,
    before: DraftState,
    { document, baseNo, by }: { document: object | null; baseNo: number; by: string },
  ): Promise<DraftState> {
    const draft = tx.create(Draft, {
      name: PROGRAMME,
      revision: before.revision + 1,
      document,
      baseNo,
      changedAt: await this.programmes.now(tx),
      changedBy: by,
    });
    await tx.save(draft);
    return stateOf(draft, before.newest);
  }

  private async record(
    tx: EntityManager,
    { revision }: DraftState,
    actor: string,
    action: string,
    details: object,
  ): Promise<void> {
    const subject = 'programme/draft';
    await this.audit.record(tx, { actor, action, subject, details: { revision, ...details } });
  }
}

function stateOf(draft: Draft | undefined, newest: ProgrammeVersion | undefined): DraftState {
  const { revision = 0, document = null, changedAt = null, changedBy = null } = draft ?? {};
  const newestNo = newest?.no ?? 0;
  const shown = document ?? newest?.document ?? {};
  return {
    document: shown,
    revision,
    isBegun: document !== null,
    baseNo: document === null || draft === undefined ? newestNo : draft.baseNo,
    newest,
    changedAt,
    changedBy,
    // With the newest version, as that decides what an editor has seen when replacing the draft.
    etag: `"${revision}-${newestNo}-${bodyHash(shown).slice(0, 16)}"`,
  };
}
