import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  DeliveriesQueries,
  type Attempt,
  type DueDelivery,
  type Settled,
} from '../deliveries/deliveries.queries.js';
import { EndpointsQueries, type Health } from '../endpoints/endpoints.queries.js';
import { MessengerDesk } from '../notices/messenger.service.js';
import { EventWatch } from './event-watch.service.js';
import { LeasesQueries, type Fences } from './leases.queries.js';
import { waitAfter } from './retry.js';

/** A try that has ended, and the fence of its bucket when it began. */
export interface Outcome {
  delivery: DueDelivery;
  fence: string;
  attempt: Attempt;
  /** Milliseconds that the receiver wishes to be left alone. */
  retryAfter: number | undefined;
}

const GONE = 410;

/** What the event tells of is not there any more, so there is nothing to try again. */
export const NOT_THERE = 'event_not_there';

/** Writes what became of tries, as long as their bucket has not been taken over meanwhile. */
@Injectable()
export class Outcomes {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LeasesQueries) private readonly leases: LeasesQueries,
    @Inject(DeliveriesQueries) private readonly deliveries: DeliveriesQueries,
    @Inject(EndpointsQueries) private readonly endpoints: EndpointsQueries,
    @Inject(MessengerDesk) private readonly messenger: MessengerDesk,
    @Inject(EventWatch) private readonly watch: EventWatch,
  ) {}

  async write(outcomes: readonly Outcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    await this.dataSource.transaction(async (tx) => {
      const fences = fencesOf(outcomes);
      const standing = await this.leases.standing(tx, fences);
      const ours = outcomes.filter(
        ({ delivery: { bucket }, fence }) => standing.has(bucket) && fences.get(bucket) === fence,
      );
      const settled = ours.map(settledOf);
      await this.deliveries.settle(tx, settled);
      await this.messenger.settle(tx, settled);
      for (const health of healthOf(ours)) await this.endpoints.note(tx, health);
    });
    for (const { attempt } of outcomes) this.watch.tried(attempt.problem === null);
  }
}

/** One fence of each bucket; an outcome of another turn is dropped, and its delivery sent again. */
function fencesOf(outcomes: readonly Outcome[]): Fences {
  return new Map(outcomes.map(({ delivery, fence }) => [delivery.bucket, fence]));
}

function settledOf({ delivery, attempt, retryAfter }: Outcome): Settled {
  const isTaken = attempt.problem === null;
  const failed = delivery.tries + 1;
  const isHopeless = isTaken || attempt.problem === NOT_THERE;
  const wait = isHopeless ? undefined : waitAfter(failed, Math.random(), retryAfter);
  return { delivery, attempt, wait };
}

function healthOf(outcomes: readonly Outcome[]): Health[] {
  const byEndpoint = new Map<string, Health>();
  for (const { delivery, attempt } of outcomes) {
    if (attempt.problem === NOT_THERE) continue;
    const { endpoint } = delivery;
    const health = byEndpoint.get(endpoint) ?? {
      ...{ endpoint, successes: 0, failures: 0, problem: undefined, isGone: false },
    };
    byEndpoint.set(endpoint, health);
    if (attempt.problem === null) health.successes += 1;
    else {
      health.failures += 1;
      health.problem = attempt.problem;
      health.isGone ||= attempt.status === GONE;
    }
  }
  return [...byEndpoint.values()].sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
}
