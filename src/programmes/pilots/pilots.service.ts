import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import {
  PilotFiguresQueries,
  type PilotFigures,
} from '../../ledger/crowds/pilot-figures.queries.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { ProgrammeBookService } from '../programme-book.service.js';
import { ProgrammesService } from '../programmes.service.js';
import type { Pilot, PilotEnd } from './pilot.js';
import { insertEnd, readClock, readPilots } from './pilots.queries.js';
import { instantOf, NOTICE_MS, PUBLISHING_LOCK } from './publishing.js';

export interface PilotState {
  pilot: Pilot;
  /** Milliseconds since 1970 UTC. */
  from: number;
}

/** Milliseconds for a pass over what was posted since a pilot began. */
const COUNTING_MS = 15_000;

/** Laws P83 and P84: how pilots end, and what came of them. */
@Injectable()
export class PilotsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(ProgrammesService) private readonly programmes: ProgrammesService,
    @Inject(ProgrammeBookService) private readonly book: ProgrammeBookService,
    @Inject(PilotFiguresQueries) private readonly figures: PilotFiguresQueries,
  ) {}

  /** A version's pilot; 404 where it is, or was, none. */
  async read(no: number, tx = this.dataSource.manager): Promise<PilotState> {
    const pilot = (await readPilots(tx)).get(no);
    if (pilot === undefined) throw new DomainError('not_found', 'There is no such pilot.');
    const version = (await this.programmes.versions(tx)).find((each) => each.no === no);
    if (version === undefined) throw new Error('invariant: a pilot is of a version');
    return { pilot, from: version.effectiveAt.getTime() };
  }

  /** Ends a pilot once: the version is for all from an instant on, or for nobody. */
  async end(
    no: number,
    outcome: PilotEnd['outcome'],
    { effectiveAt, by }: { effectiveAt: string | undefined; by: string },
  ): Promise<PilotState> {
    const state = await this.dataSource.transaction(async (tx) => {
      // Publishers queue on the same lock.
      await tx.query('SELECT pg_advisory_xact_lock($1)', [PUBLISHING_LOCK]);
      const now = await readClock(tx);
      const { pilot, from } = await this.read(no, tx);
      if (pilot.end !== undefined) {
        if (pilot.end.outcome === outcome && effectiveAt === undefined) return { pilot, from };
        throw new DomainError('pilot_over', `The pilot is ${pilot.end.outcome} already.`);
      }
      const notice = now + NOTICE_MS;
      const earliest = outcome === 'promoted' ? Math.max(notice, from) : notice;
      const end = {
        outcome,
        effectiveAt: effectiveAt === undefined ? earliest : instantOf(effectiveAt),
      };
      if (end.effectiveAt < earliest) {
        const detail =
          'A pilot ends at least five seconds from now; for all, not before it starts.';
        throw new DomainError('programme_starts_too_soon', detail, {
          earliest: new Date(earliest).toISOString(),
        });
      }
      await insertEnd(tx, no, end, { at: now, by });
      await this.audit.record(tx, {
        actor: by,
        action: `programme.pilot_${outcome}`,
        subject: `programme/versions/${String(no)}`,
        details: {
          effectiveAt: new Date(end.effectiveAt).toISOString(),
          decidedAt: new Date(now).toISOString(),
        },
      });
      return { pilot: { ...pilot, end }, from };
    });
    // The end stands even if it cannot be read back now; the next batch sees it is there.
    await this.book.refresh().catch(() => undefined);
    return state;
  }

  /** What was bought inside and outside since it began, until it ended; undefined = too much to count. */
  async outcome(no: number): Promise<PilotState & { figures: PilotFigures | undefined }> {
    const state = await this.read(no);
    const { from, pilot } = state;
    const until = pilot.end?.effectiveAt;
    return { ...state, figures: await this.figures.of({ no, from, until }, COUNTING_MS) };
  }
}
