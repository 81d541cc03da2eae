import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { checkDocument } from '../../programmes/check.js';
import { DraftsService } from '../../programmes/drafts/drafts.service.js';
import { invalidProgramme, versionNo } from '../../programmes/pilots/publishing.js';
import { ProgrammesService } from '../../programmes/programmes.service.js';
import { AcceptancesService } from './acceptances.service.js';
import { auditOfVersion, type AuditRow } from './audits.queries.js';
import type { LookBack, StartAudit } from './audits.requests.js';
import { AuditsService } from './audits.service.js';
import { auditView, type AuditView } from './audits.views.js';
import type { HistoryAsked } from './report.js';

/** Audits as those who ask for them see them. */
@Injectable()
export class DeskService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ProgrammesService) private readonly programmes: ProgrammesService,
    @Inject(DraftsService) private readonly drafts: DraftsService,
    @Inject(AuditsService) private readonly audits: AuditsService,
    @Inject(AcceptancesService) private readonly acceptances: AcceptancesService,
  ) {}

  /**
   * Begins an audit of a document, or of the draft; rejects with `invalid_programme`, and where history
   * is asked for with `no_programme` while nothing is in force.
   */
  async start(
    { document: sent, effectiveAt, history }: StartAudit,
    caller: Caller,
  ): Promise<AuditView> {
    const checked = checkDocument(sent ?? (await this.drafts.read()).document);
    if ('faults' in checked) throw invalidProgramme(checked.faults);
    if (history !== undefined) await this.programmes.live();
    const { document } = checked;
    const digest = Buffer.from(bodyHash(document), 'hex');
    const [before, now] = [await this.programmes.newest(), await this.programmes.now()];
    const row = await this.audits.start({
      document,
      digest,
      before,
      by: caller.actor,
      from: Math.max(now.getTime(), effectiveAt === undefined ? 0 : Date.parse(effectiveAt)),
      fix: true,
      history: history && lookBackOf(history),
    });
    return this.view(row, caller);
  }

  async read(id: string, caller: Caller): Promise<AuditView> {
    return this.view(await this.audits.read(id), caller);
  }

  async cancel(id: string): Promise<void> {
    await this.audits.cancel(id);
  }

  async ofVersion(no: string, caller: Caller): Promise<AuditView> {
    const row = await auditOfVersion(this.dataSource.manager, versionNo(no));
    if (row !== undefined) return this.view(row, caller);
    throw new DomainError('not_found', 'No audit goes with such a version.');
  }

  /** Members are named to those who may look at members. */
  private async view(row: AuditRow, { permissions }: Caller): Promise<AuditView> {
    const acceptances = await this.acceptances.current();
    const now = (await this.programmes.now()).getTime();
    return auditView(row, { acceptances, now, isNaming: permissions.has('members:read') });
  }
}

const lookBackOf = ({ months, adversaries = false }: LookBack): HistoryAsked => ({
  months,
  adversaries,
});
