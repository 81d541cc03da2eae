import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { checkDocument } from '../../programmes/check.js';
import { DraftsService } from '../../programmes/drafts/drafts.service.js';
import { invalidProgramme, versionNo } from '../../programmes/pilots/publishing.js';
import { ProgrammesService } from '../../programmes/programmes.service.js';
import { AcceptancesService } from './acceptances.service.js';
import { auditOfVersion, type AuditRow } from './audits.queries.js';
import { AuditsService } from './audits.service.js';
import { auditView, type AuditView } from './audits.views.js';

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

  /** Begins an audit of a document, or of the draft; rejects with `invalid_programme`. */
  async start(sent: object | undefined, by: string): Promise<AuditView> {
    const checked = checkDocument(sent ?? (await this.drafts.read()).document);
    if ('faults' in checked) throw invalidProgramme(checked.faults);
    const { document } = checked;
    const digest = Buffer.from(bodyHash(document), 'hex');
    const [before, now] = [await this.programmes.newest(), await this.programmes.now()];
    const subject = { document, digest, before, by, now: now.getTime(), fix: true };
    return this.view(await this.audits.start(subject));
  }

  async read(id: string): Promise<AuditView> {
    return this.view(await this.audits.read(id));
  }

  async cancel(id: string): Promise<void> {
    await this.audits.cancel(id);
  }

  async ofVersion(no: string): Promise<AuditView> {
    const row = await auditOfVersion(this.dataSource.manager, versionNo(no));
    if (row !== undefined) return this.view(row);
    throw new DomainError('not_found', 'No audit goes with such a version.');
  }

  private async view(row: AuditRow): Promise<AuditView> {
    const acceptances = await this.acceptances.current();
    return auditView(row, { acceptances, now: (await this.programmes.now()).getTime() });
  }
}
