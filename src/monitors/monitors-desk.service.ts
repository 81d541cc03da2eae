import { Inject, Injectable } from '@nestjs/common';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { isMonitor, type MonitorName } from './judging/kinds.js';
import type { MonitorsQuery } from './monitors.requests.js';
import { monitorView, type MonitorResultView } from './monitors.views.js';
import { ResultsQueries, type Result } from './results.queries.js';

type State = Result['state'];

const isState = (state: string): state is State =>
  state === 'too_few' || state === 'normal' || state === 'alerting';

/** What was found, with the names of the version it is about. */
@Injectable()
export class MonitorsDesk {
  constructor(
    @Inject(ResultsQueries) private readonly results: ResultsQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  async latest({ monitor, state, rule, offer }: MonitorsQuery): Promise<MonitorResultView[]> {
    // Nothing is about a rule and an offer at once.
    if (rule !== undefined && offer !== undefined) return [];
    const subject = rule === undefined ? offer && `offer/${offer}` : `rule/${rule}`;
    const found = await this.results.latest({
      monitor: monitor !== undefined && isMonitor(monitor) ? monitor : undefined,
      state: state !== undefined && isState(state) ? state : undefined,
      subject,
    });
    return found.map((result) => this.shown(result));
  }

  async history(
    monitor: MonitorName,
    subject: string,
    limit: number,
  ): Promise<MonitorResultView[]> {
    const found = await this.results.history(monitor, subject, limit);
    return found.map((result) => this.shown(result));
  }

  private shown(result: Result): MonitorResultView {
    return monitorView(result, this.programmes.version(result.versionNo));
  }
}
