import { Inject, Injectable } from '@nestjs/common';
import { DayFlowsQueries } from '../ledger/watching/day-flows.queries.js';
import { FiguresQueries, type Counted } from '../ledger/watching/figures.queries.js';
import { isTimeout } from '../ledger/ledger.queries.js';
import { DomainError } from '../platform/http/domain-error.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { DAY_MS, localDay } from '../rules/period.js';
import type { Programme } from '../rules/programme.js';
import { beginOf, dayAfter, piecesOf } from './judging/days.js';
import { judge, type Figure } from './judging/judge.js';
import { habits, isMonitor, WINDOW_DAYS, YEAR_DAYS } from './judging/kinds.js';
import { FlowsQueries } from './flows.queries.js';
import { ResultsQueries, type Judged, type Result } from './results.queries.js';
import { watchedOf, type Watched } from './judging/subjects.js';

/** Milliseconds for a statement at night, and of whoever waits for an answer. */
const NIGHTLY_MS = 1_200_000;
const ASKED_MS = 15_000;
/** Days that are kept of results. */
const KEPT_DAYS = 400;
/** Days of flows that one statement reads, a quarter of the first night. */
const PIECE_DAYS = 92;

export interface Night {
  day: string;
  judged: Judged[];
}

/** Measures what members and staff do, judges it, and keeps it. */
@Injectable()
export class MonitorsService {
  constructor(
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(FiguresQueries) private readonly figures: FiguresQueries,
    @Inject(DayFlowsQueries) private readonly dayFlows: DayFlowsQueries,
    @Inject(FlowsQueries) private readonly flows: FlowsQueries,
    @Inject(ResultsQueries) private readonly results: ResultsQueries,
  ) {}

  /** Measures as of an instant, and keeps the night; returns it and the alerts that began. */
  async run(asOf: number, hold: () => void): Promise<{ kept: number; begun: Result[] }> {
    const programme = this.programmes.at(asOf);
    if (programme === undefined) return { kept: 0, begun: [] };
    await this.keepFlows(programme, asOf, hold);
    const { day, judged } = await this.measured(programme, asOf, NIGHTLY_MS);
    hold();
    const begun = await this.results.keep(day, asOf, judged);
    hold();
    await this.results.forget(dayAfter(day, -KEPT_DAYS));
    return { kept: judged.length, begun };
  }

  /** What a night would find as of an instant; of breakage what is known of days that are over. */
  async foreseen(asOf: number): Promise<Night | undefined> {
    const programme = this.programmes.at(asOf);
    if (programme === undefined) return undefined;
    return this.measured(programme, asOf, ASKED_MS).catch((error: unknown) => {
      if (!isTimeout(error)) throw error;
      throw new DomainError('unavailable', 'Counting took too long.');
    });
  }

  private async measured(programme: Programme, asOf: number, withinMs: number): Promise<Night> {
    const begun = this.programmes.begunBy(asOf);
    const watched = watchedOf(begun, programme, asOf);
    const zone = programme.timeZone;
    const day = localDay(zone, asOf);
    const half = asOf - WINDOW_DAYS * DAY_MS;
    const window = { from: half - WINDOW_DAYS * DAY_MS, half, asOf, zone };
    const counted = await this.figures.read(watched, window, habits, withinMs);
    const figures = [...counted.map(toFigure), await this.breakage(day)];
    const judged = [];
    for (const figure of figures) judged.push(await this.judged(figure, day, watched, programme));
    return { day, judged };
  }

  private async judged(
    figure: Figure,
    day: string,
    { known }: Watched,
    { no }: Programme,
  ): Promise<Judged> {
    const { monitor, subject, threshold, hits, total, examples } = figure;
    const before =
      monitor === 'stranded'
        ? await this.results.shareBy(monitor, subject, dayAfter(day, -WINDOW_DAYS))
        : undefined;
    const compared =
      before === undefined
        ? figure
        : { ...figure, baseline: before.share, baselineTotal: before.total };
    const versionNo = known.get(subject)?.versionNo ?? no;
    return { monitor, subject, threshold, hits, total, examples, versionNo, ...judge(compared) };
  }

  /** Points that went within a year of those issued, beside the year before, where it is known. */
  private async breakage(day: string): Promise<Figure> {
    const [first, before] = [dayAfter(day, -YEAR_DAYS), dayAfter(day, -2 * YEAR_DAYS)];
    const now = await this.flows.sum(first, day);
    const then = await this.flows.sum(before, first);
    return {
      monitor: 'breakage',
      subject: 'expiry',
      threshold: 0,
      examples: [],
      hits: Math.max(0, now.expired),
      total: Math.max(0, now.issued),
      baseline: then.issued <= 0 ? null : Math.max(0, then.expired) / then.issued,
      baselineTotal: then.days < YEAR_DAYS ? 0 : Math.max(0, then.issued),
    };
  }

  /** The first night reads a year, in pieces that are kept; each later one the days since. */
  private async keepFlows(
    { timeZone: zone }: Programme,
    asOf: number,
    hold: () => void,
  ): Promise<void> {
    const today = localDay(zone, asOf);
    const newest = await this.flows.newestBefore(today);
    const first = dayAfter(today, -YEAR_DAYS);
    const next = newest === undefined ? first : dayAfter(newest, 1);
    // Days that no sum reaches any more are left out, however far a clock was moved.
    const from = next < first ? first : next;
    for (const piece of piecesOf(from, today, PIECE_DAYS)) {
      hold();
      const span = { from: beginOf(zone, piece.from), until: beginOf(zone, piece.until) };
      const flows = await this.dayFlows.read(span, zone, NIGHTLY_MS);
      hold();
      await this.flows.keep(piece.from, piece.until, flows);
    }
  }
}

function toFigure(counted: Counted): Figure {
  const { monitor } = counted;
  if (!isMonitor(monitor)) throw new Error(`invariant: there is no monitor ${monitor}`);
  return { ...counted, monitor };
}
