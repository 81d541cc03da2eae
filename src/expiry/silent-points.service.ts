import { Inject, Injectable } from '@nestjs/common';
import { groupBy } from '../ledger/check.js';
import { SilencesQueries } from '../ledger/crowds/silences.queries.js';
import type { ExpiringPoints } from '../ledger/lots/expiring-lots.queries.js';
import { SilentLotsQueries, type DatelessPoints } from '../ledger/lots/silent-lots.queries.js';
import { PointsLooksQueries } from '../members/presence/points-looks.queries.js';
import { PresenceQueries, type Present } from '../members/presence/presence.queries.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { shortestSilence } from '../rules/expiry/not-silent.js';
import { lookForPointsAt, silentDate } from '../rules/expiry/silent.js';
import { noticesOf } from '../rules/expiry/terms.js';
import { silenceOf } from '../rules/inactivity/silence.js';
import { DAY_MS } from '../rules/period.js';
import type { Programme } from '../rules/programme.js';

/** A member who is looked at, with the points that go by silence, by their dates. */
export interface Looked {
  memberId: string;
  /** Since when the look is due, in milliseconds. */
  dueAt: number;
  points: ExpiringPoints[];
}

type Page = { after: { memberId: string; dueAt: number } | undefined; limit: number };

/** Points that go by silence: whose, and when, by what is known without a lock. */
@Injectable()
export class SilentPoints {
  constructor(
    @Inject(PointsLooksQueries) private readonly looks: PointsLooksQueries,
    @Inject(PresenceQueries) private readonly presences: PresenceQueries,
    @Inject(SilencesQueries) private readonly silences: SilencesQueries,
    @Inject(SilentLotsQueries) private readonly lots: SilentLotsQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  /** Whether points of any version go by silence; where none do, nothing is read. */
  isAny(): boolean {
    return this.programmes.ofAll(shortestSilence) !== undefined;
  }

  /** A page of those whose time to be looked at has come; everybody, where other terms have begun. */
  async toTell(bucket: number, asOf: number, page: Page): Promise<Looked[]> {
    if (!this.isAny()) return [];
    const until = this.isNews(asOf) ? Infinity : asOf;
    return this.judge(await this.looks.due(bucket, { until, isLookedAt: false }, page), asOf);
  }

  /** The same without those who were never looked at, and so never told of anything. */
  async toGo(bucket: number, asOf: number, page: Page, isWhole = false): Promise<Looked[]> {
    if (!this.isAny()) return [];
    const wanted = { until: asOf, isLookedAt: !isWhole };
    return this.judge(await this.looks.due(bucket, wanted, page), asOf);
  }

  /** Points of a member that go by silence, soonest first. */
  async of(memberId: string, asOf: number): Promise<ExpiringPoints[]> {
    if (!this.isAny()) return [];
    const present = await this.presences.of(memberId);
    const [looked] = await this.judge(
      present === undefined ? [] : [{ ...present, dueAt: 0 }],
      asOf,
    );
    return looked?.points ?? [];
  }

  /** Says when to look at them next, under the version in force at an instant. */
  async putOff(looked: readonly Looked[], asOf: number): Promise<void> {
    const programme = this.programmes.at(asOf);
    const notices = programme && noticesOf(programme.expiry);
    if (programme === undefined || notices === undefined) return;
    const months = shortestSilence(this.programmes.begunBy(asOf));
    const rows = looked.map(({ memberId, points }) => {
      const dates = points.map(({ dueAt }) => dueAt);
      const lookAt = lookForPointsAt(programme.timeZone, notices, { dates, months }, asOf);
      return { memberId, lookAt };
    });
    await this.looks.putOff(rows);
  }

  private async judge(
    due: readonly (Present & { dueAt: number })[],
    asOf: number,
  ): Promise<Looked[]> {
    const timeZone = this.programmes.at(asOf)?.timeZone;
    if (timeZone === undefined) return [];
    const heard = await this.silences.heard(due.map(({ memberId }) => memberId));
    const silent = due.map(({ memberId, dueAt, presence, enrolledAt }) => {
      const account = heard.get(memberId) ?? nothing;
      const { lastAct } = silenceOf({ ...account, enrolledAt }, presence);
      return { memberId, dueAt, lastAct };
    });
    const dateless = groupBy(await this.lots.of(silent), ({ memberId }) => memberId);
    return silent.map(({ memberId, dueAt, lastAct }) => {
      const points = this.dated(timeZone, dateless.get(memberId) ?? [], lastAct);
      return { memberId, dueAt, points };
    });
  }

  /** Points of one member by their dates, soonest first, without those that never go. */
  private dated(
    timeZone: string,
    dateless: readonly DatelessPoints[],
    silentSince: number,
  ): ExpiringPoints[] {
    const dated = new Map<number, ExpiringPoints>();
    for (const { memberId, versionNo, since, points, held, fromSeq, upTo } of dateless) {
      const { expiry } = this.programmes.version(versionNo);
      if (expiry.kind !== 'inactivity') continue;
      const dueAt = silentDate(timeZone, { months: expiry.months, cameAt: null }, since);
      const known = dated.get(dueAt);
      dated.set(dueAt, {
        memberId,
        dueAt,
        silentSince,
        points: points + (known?.points ?? 0),
        held: held + (known?.held ?? 0),
        fromSeq: Math.min(fromSeq, known?.fromSeq ?? fromSeq),
        upTo: Math.max(upTo, known?.upTo ?? upTo),
      });
    }
    return [...dated.values()].sort((a, b) => a.dueAt - b.dueAt);
  }

  /** Whether other terms have begun since the last slot: looks may be needed sooner than was thought. */
  private isNews(asOf: number): boolean {
    return this.programmes
      .begunBy(asOf)
      .filter(({ effectiveAt }) => effectiveAt > asOf - SINCE_MS)
      .some((version) => {
        const before = this.programmes.at(version.effectiveAt - 1);
        return before === undefined || termsOf(before) !== termsOf(version);
      });
  }
}

/** A day, be it an hour longer by the clock, and an hour more. */
const SINCE_MS = DAY_MS + 7_200_000;

const nothing = { heardAt: null, points: 0, held: 0, owed: 0 };

const termsOf = ({ expiry, timeZone }: Programme): string => JSON.stringify([expiry, timeZone]);
