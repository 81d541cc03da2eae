import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../platform/config/settings.js';
import { DomainError } from '../../platform/http/domain-error.js';
import type { Candidate, Gate, Transaction } from '../../programmes/pilots/gate.js';
import { ProgrammesService } from '../../programmes/programmes.service.js';
import type { Finding } from '../finding.js';
import { witnessLines } from '../witness-lines.js';
import { AcceptancesService } from './acceptances.service.js';
import { attachAudit, seenAudit } from './audits.queries.js';
import { AuditsService } from './audits.service.js';
import { blocking } from './report.js';

/** For how long an audit is as good as a new one, by when it began and by when its first day is. */
const GOOD_SECONDS = 86_400;
/** Lines of a witness that a refusal tells; the audit has all. */
const LINES_MAX = 14;

/** Lets no document be published that can be gamed, unless a named person answers for it. */
@Injectable()
export class GateService implements Gate, OnModuleInit {
  constructor(
    @Inject(Settings) private readonly settings: Settings,
    @Inject(ProgrammesService) private readonly programmes: ProgrammesService,
    @Inject(AuditsService) private readonly audits: AuditsService,
    @Inject(AcceptancesService) private readonly acceptances: AcceptancesService,
  ) {}

  onModuleInit(): void {
    if (this.settings.audit) this.programmes.register(this);
  }

  async pass(tx: Transaction, candidate: Candidate): Promise<string | undefined> {
    const { digest, before, now } = candidate;
    const sought = { digest, beforeNo: before?.no ?? 0, from: firstDay(candidate) };
    const seen = await seenAudit(tx, sought, GOOD_SECONDS);
    if (seen === undefined) return undefined;
    const findings = blocking(seen.report, await this.acceptances.current(tx), now);
    if (findings.length > 0) throw refusal(candidate, seen.id, findings);
    return seen.id;
  }

  async look(candidate: Candidate): Promise<void> {
    await this.audits.finish({ ...candidate, from: firstDay(candidate) });
  }

  async published(tx: Transaction, versionNo: number, passed: string): Promise<void> {
    await attachAudit(tx, versionNo, passed);
  }
}

/** From when on days matter: no earlier one is met under the version. */
const firstDay = ({ now, startsAt }: Candidate): number => Math.max(now, startsAt);

function refusal(
  { document, at }: Candidate,
  audit: string,
  findings: readonly Finding[],
): DomainError {
  const told = findings.map((finding) => ({
    id: finding.id,
    check: finding.check,
    severity: finding.severity,
    pointer: `${at}${finding.pointer}`,
    gain: finding.gain,
    explanation: finding.explanation,
    witness: witnessLines(document, finding).slice(0, LINES_MAX),
  }));
  const faults = findings.map(({ pointer, check, title, explanation }) => ({
    pointer: `${at}${pointer}`,
    code: check.toLowerCase(),
    detail: `${title}. ${explanation}`,
  }));
  const [first] = findings;
  const more = findings.length - 1;
  const message =
    `${first?.title ?? ''}${more > 0 ? `, and ${String(more)} more` : ''}. ` +
    'Change the document, or have somebody answer for each finding.';
  return new DomainError('programme_can_be_gamed', message, { audit, findings: told }, faults);
}
