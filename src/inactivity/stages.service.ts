import { Inject, Injectable } from '@nestjs/common';
import { bucketOf, BUCKETS, isMemberId } from '../ledger/address.js';
import { SilencesQueries, type StageSince } from '../ledger/crowds/silences.queries.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { PresenceQueries } from '../members/presence/presence.queries.js';
import { silentRows } from '../members/presence/silent-rows.js';
import { DomainError } from '../platform/http/domain-error.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { beginsAt, silenceOf, stageAt } from '../rules/inactivity/silence.js';
import { stages, type Stage, type StageTerms } from '../rules/inactivity/terms.js';
import { localDate, startOfDay } from '../rules/period.js';

/** What counts as dormant where a programme says nothing: reports tell of ghosts all the same. */
const usual: readonly StageTerms[] = [{ stage: 'dormant', days: 365, notice: undefined }];

/** Buckets looked at in one statement, and milliseconds for a pass over all, and for a page. */
const STRETCH = 8;
const COUNTING_MS = 15_000;
const PAGE_MS = 3_000;
const PAGE = 100;

export interface StageOfMember {
  stage: Stage;
  /** Milliseconds, as are the times below. */
  since: number;
  lastActAt: number;
  /** What comes next if nothing is heard; closing only of an empty account. */
  next: { stage: Stage; at: number } | undefined;
}

export interface StageFigures {
  stage: Stage;
  /** Days of silence after which it begins; undefined = it is the first. */
  afterDays: number | undefined;
  members: number | undefined;
  points: number | undefined;
}

export interface MembersReport {
  at: number;
  version: number;
  /** Active first. */
  stages: StageFigures[];
  /** All who are enrolled; undefined = counting took too long, as in `stages`. */
  enrolled: number | undefined;
}

/** In which stage members are now, one and all: read, not waited for. */
@Injectable()
export class StagesService {
  constructor(
    @Inject(PresenceQueries) private readonly presences: PresenceQueries,
    @Inject(SilencesQueries) private readonly silences: SilencesQueries,
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  async of(memberId: string): Promise<StageOfMember> {
    const present = isMemberId(memberId) ? await this.presences.of(memberId) : undefined;
    const heard = (await this.silences.heard(present === undefined ? [] : [memberId])).get(
      memberId,
    );
    if (present === undefined || heard === undefined) {
      throw new DomainError('unknown_member', 'There is no such member.');
    }
    const { timeZone, inactivity } = await this.ruler();
    const at = await this.ledger.now();
    const silence = silenceOf({ ...heard, enrolledAt: present.enrolledAt }, present.presence);
    const { lastAct, isEmpty } = silence;
    const [coming] = inactivity
      .filter(({ stage }) => stage !== 'closed' || isEmpty)
      .map((terms) => ({ stage: terms.stage, at: beginsAt(timeZone, terms, lastAct) }))
      .filter((each) => each.at > at);
    const { stage, since } = stageAt({ timeZone, inactivity }, silence, at);
    return { stage, since, lastActAt: lastAct, next: coming };
  }

  async report(): Promise<MembersReport> {
    const { no, inactivity, timeZone } = await this.ruler();
    const at = await this.ledger.now();
    const since = thresholds(timeZone, inactivity, at);
    const end = performance.now() + COUNTING_MS;
    const sums = new Map<string, { members: number; points: number }>();
    let isWhole = true;
    for (let first = 0; first < BUCKETS && isWhole; first += STRETCH) {
      const left = end - performance.now();
      const rows = silentRows({ first, last: first + STRETCH - 1 });
      const found = left <= 0 ? undefined : await this.silences.count(rows, since, left);
      isWhole = found !== undefined;
      for (const { stage, members, points } of found ?? []) {
        const sum = sums.get(stage) ?? { members: 0, points: 0 };
        sums.set(stage, { members: sum.members + members, points: sum.points + points });
      }
    }
    const declared = stages.filter(
      (stage) => stage === 'active' || inactivity.some((terms) => terms.stage === stage),
    );
    const figures = declared.map((stage) => ({
      stage,
      afterDays: inactivity.find((terms) => terms.stage === stage)?.days,
      members: isWhole ? (sums.get(stage)?.members ?? 0) : undefined,
      points: isWhole ? (sums.get(stage)?.points ?? 0) : undefined,
    }));
    const enrolled = [...sums.values()].reduce((all, { members }) => all + members, 0);
    return { at, version: no, stages: figures, enrolled: isWhole ? enrolled : undefined };
  }

  /** Ids of the members in a stage, in the order of buckets; a page may be short before the last. */
  async members(
    stage: string,
    { cursor, limit }: { cursor: string | undefined; limit: string | undefined },
  ): Promise<{ members: string[]; next: string | undefined }> {
    const { inactivity, timeZone } = await this.ruler();
    if (stage !== 'active' && !inactivity.some((terms) => terms.stage === stage)) {
      throw new DomainError('not_found', 'The programme has no such stage.');
    }
    const since = thresholds(timeZone, inactivity, await this.ledger.now());
    const most = limit === undefined ? PAGE : Number(limit);
    const end = performance.now() + PAGE_MS;
    const members: string[] = [];
    let { first, after } = placeOf(cursor);
    for (; first < BUCKETS; first += STRETCH, after = undefined) {
      if (performance.now() > end) return { members, next: String(first) };
      const rows = silentRows({ first, last: first + STRETCH - 1, after });
      const page = { stage, limit: most - members.length };
      const found = await this.silences.list(rows, since, page, COUNTING_MS);
      if (found === undefined) throw new DomainError('unavailable', 'Counting took too long.');
      members.push(...found);
      if (members.length === most) return { members, next: members.at(-1) };
    }
    return { members, next: undefined };
  }

  private async ruler(): Promise<{
    no: number;
    timeZone: string;
    inactivity: readonly StageTerms[];
  }> {
    const { no, timeZone, inactivity } = await this.programmes.inForce();
    return { no, timeZone, inactivity: inactivity.length === 0 ? usual : inactivity };
  }
}

/** Who did nothing since these instants is in the stage or beyond, as `beginsAt` says of each act. */
const thresholds = (zone: string, terms: readonly StageTerms[], at: number): StageSince[] =>
  terms.map(({ stage, days }) => {
    const today = localDate(zone, at);
    return { stage, before: startOfDay(zone, { ...today, day: today.day - days }) };
  });

/** Behind which member, or from which bucket on, a page begins. */
function placeOf(cursor = '0'): { first: number; after: string | undefined } {
  if (isMemberId(cursor)) return { first: bucketOf(cursor), after: cursor };
  if (/^\d{1,2}$/.test(cursor)) return { first: Number(cursor), after: undefined };
  throw new DomainError('invalid_request', 'The cursor is not one of this list.', {}, [
    { pointer: '/cursor', code: 'invalid_cursor', detail: 'Use `next` of the page before.' },
  ]);
}
