import { Inject, Injectable } from '@nestjs/common';
import {
  cursorOf,
  fromCursor,
  joined,
  noSuchCursor,
  pagesOf,
  type DueMember,
} from '../jobs/due.js';
import { Scheduled } from '../jobs/job-registry.service.js';
import type { Foreseen, ForeseenPage, Job, Part } from '../jobs/job.js';
import { BUCKETS } from '../ledger/address.js';
import { ExpiringLotsQueries, type ExpiringPoints } from '../ledger/lots/expiring-lots.queries.js';
import { ExpiryTelling, type Plan } from './expiry-telling.service.js';
import { SilentPoints, type Looked } from './silent-points.service.js';
import type { Stage } from './stages.js';

/**
 * Points told of in one transaction, or twice as many; few of many buckets are told of together. Whatever
 * else is to be posted of these members waits for its end.
 */
const PAGE = 250;

/** Points of one bucket that are read together with those of all others. */
const FEW = 250;

/**
 * Tells members which points go and when: so many days before, and once more where the date has passed
 * and nobody had told them of these points. In one piece, so that the few of many buckets are
 * written in one transaction.
 */
@Scheduled()
@Injectable()
export class ExpiryNoticesJob implements Job {
  readonly name = 'expiry-notices';
  /** At nine in the morning, as people are written to. */
  readonly schedule = { minuteOfDay: 540 };
  readonly parts = 'whole';

  constructor(
    @Inject(ExpiringLotsQueries) private readonly lots: ExpiringLotsQueries,
    @Inject(SilentPoints) private readonly silent: SilentPoints,
    @Inject(ExpiryTelling) private readonly telling: ExpiryTelling,
  ) {}

  async run({ asOf, fence, count }: Part): Promise<void> {
    const plan = this.telling.planAt(asOf);
    if (plan === undefined) return;
    for (const stage of plan.stages) {
      for await (const page of joined(this.dated(stage), PAGE)) {
        fence.hold();
        count(await this.telling.tell(plan, stage, page, asOf));
      }
    }
    if (!this.silent.isAny()) return;
    for await (const page of joined(this.silently(asOf), PAGE)) {
      for (const { stage, points } of byStage(plan, page)) {
        fence.hold();
        count(await this.telling.tell(plan, stage, points, asOf));
      }
      fence.hold();
      await this.silent.putOff(page, asOf);
    }
  }

  /** Dates of all buckets; a bucket that has many is read on by itself. */
  private async *dated(stage: Stage): AsyncGenerator<readonly ExpiringPoints[]> {
    for (const [bucket, first] of await this.lots.first(stage, FEW)) {
      yield first;
      if (first.length < FEW) continue;
      yield* pagesOf<ExpiringPoints>(
        (after = first.at(-1)) => this.lots.between(bucket, stage, { after, limit: PAGE }),
        PAGE,
      );
    }
  }

  private async *silently(asOf: number): AsyncGenerator<readonly Looked[]> {
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      yield* pagesOf<Looked>(
        (after) => this.silent.toTell(bucket, asOf, { after, limit: PAGE }),
        PAGE,
      );
    }
  }

  async foresee(
    _bucket: number | undefined,
    asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    const place = placeOf(after);
    const plan = this.telling.planAt(asOf);
    const [bucket, at] = [Math.floor(place.step / STEPS), place.step % STEPS];
    if (plan === undefined || bucket >= BUCKETS || at > plan.stages.length) {
      return { items: [], next: undefined };
    }
    const stage = plan.stages[at];
    const { page, told } = await this.pageOf(plan, { bucket, at }, asOf, {
      after: place.after,
      limit,
    });
    const items = await this.foreseenOf(plan, told, asOf);
    const isFull = page.length === limit;
    const next = isFull ? place.step : stage === undefined ? (bucket + 1) * STEPS : place.step + 1;
    const behind = isFull ? page.at(-1) : undefined;
    return { items, next: `${String(next)}/${behind === undefined ? '' : cursorOf(behind)}` };
  }

  /** Dates of one stage; behind the last, members looked at for points that go by silence. */
  private async pageOf(
    plan: Plan,
    { bucket, at }: { bucket: number; at: number },
    asOf: number,
    range: { after: DueMember | undefined; limit: number },
  ): Promise<{ page: readonly DueMember[]; told: Told[] }> {
    const stage = plan.stages[at];
    if (stage === undefined) {
      const page = await this.silent.toTell(bucket, asOf, range);
      return { page, told: byStage(plan, page) };
    }
    const points = await this.lots.between(bucket, stage, range);
    return { page: points, told: [{ stage, points }] };
  }

  private async foreseenOf(plan: Plan, told: readonly Told[], asOf: number): Promise<Foreseen[]> {
    const items: Foreseen[] = [];
    for (const { stage, points: page } of told) {
      for (const draft of await this.telling.drafts(plan, stage, page, asOf)) {
        const { memberId, facts } = draft;
        const { points, expiresAt } = facts as { points: number; expiresAt: string };
        const details = { points, expiresAt, daysBefore: stage.days };
        items.push({ memberId, what: 'notice', dueAt: asOf, details });
      }
    }
    return items;
  }
}

interface Told {
  stage: Stage;
  points: readonly ExpiringPoints[];
}

/** Points that go by silence, by the stage in which their members are told on the day. */
function byStage({ stages }: Plan, looked: readonly Looked[]): Told[] {
  const all = looked.flatMap(({ points }) => points);
  return stages
    .map((stage) => ({
      stage,
      points: all.filter(({ dueAt }) => {
        return dueAt > (stage.from ?? -Infinity) && dueAt <= stage.until;
      }),
    }))
    .filter(({ points }) => points.length > 0);
}

/** More than a bucket has stages. */
const STEPS = 16;

/** Bucket and stage as one number, and behind whom. */
function placeOf(after: string | undefined): { step: number; after: DueMember | undefined } {
  if (after === undefined) return { step: 0, after: undefined };
  const [, step, rest] = /^(\d{1,4})\/(.*)$/.exec(after) ?? [];
  if (step === undefined || rest === undefined) throw noSuchCursor();
  return { step: Number(step), after: fromCursor(rest === '' ? undefined : rest) };
}
