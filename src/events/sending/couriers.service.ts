import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { DeliveryKey, DueDelivery } from '../deliveries/deliveries.queries.js';
import type { Target } from '../endpoints/endpoints.queries.js';
import { signedHeaders } from '../endpoints/secret.js';
import { Bodies } from './bodies.service.js';
import { NOT_THERE, Outcomes, type Outcome } from './outcomes.service.js';
import { Post, type Reply } from './post.service.js';

const keyOf = ({ endpoint, stream, seq, n }: DeliveryKey): string =>
  `${endpoint}/${stream}/${String(seq)}/${String(n)}`;

/** What is on its way from this process. A delivery counts as such until it is written down. */
@Injectable()
export class Couriers {
  private readonly underWay = new Map<string, { endpoint: string; ended: Promise<void> }>();
  private outcomes: Outcome[] = [];
  private stopping = new AbortController();

  constructor(
    @Inject(Bodies) private readonly bodies: Bodies,
    @Inject(Post) private readonly post: Post,
    @Inject(Outcomes) private readonly book: Outcomes,
  ) {}

  /** How many have not ended yet. */
  get busy(): number {
    return this.underWay.size - this.outcomes.length;
  }

  busyWith(endpoint: string): number {
    return [...this.underWay.values()].filter((each) => each.endpoint === endpoint).length;
  }

  has(delivery: DeliveryKey): boolean {
    return this.underWay.has(keyOf(delivery));
  }

  /** Sends each of them; what becomes of it is written down later. */
  async send(
    target: Target,
    deliveries: readonly { delivery: DueDelivery; fence: string }[],
  ): Promise<void> {
    const bodies = await this.bodies.of(deliveries.map(({ delivery }) => delivery));
    for (const { delivery, fence } of deliveries) {
      const body = bodies.get(delivery.event);
      const ended = this.sendOne(target, delivery, body).then(({ reply, ms }) => {
        const { status = null, problem = null, retryAfter } = reply;
        const attempt = { at: delivery.now.toISOString(), ms, status, problem };
        this.outcomes.push({ delivery, fence, attempt, retryAfter });
      });
      this.underWay.set(keyOf(delivery), { endpoint: target.id, ended });
    }
  }

  /** Until all have ended, but no longer than some milliseconds. */
  async rest(ms: number): Promise<void> {
    const waiting = new AbortController();
    const all = Promise.all([...this.underWay.values()].map(({ ended }) => ended));
    await Promise.race([all, pause(ms, undefined, { signal: waiting.signal, ref: false })]);
    waiting.abort();
  }

  /** Ends what has no answer yet, as failed. */
  abandon(): void {
    this.stopping.abort();
    this.stopping = new AbortController();
  }

  /** Writes down what has ended; what cannot be written now is tried again in the next turn. */
  async writeDown(): Promise<number> {
    const { outcomes } = this;
    const count = outcomes.length;
    await this.book.write(outcomes);
    this.outcomes = this.outcomes.slice(count);
    for (const { delivery } of outcomes.slice(0, count)) this.underWay.delete(keyOf(delivery));
    return count;
  }

  private async sendOne(
    { url, secrets }: Target,
    { event, now }: DueDelivery,
    body: string | undefined,
  ): Promise<{ reply: Reply; ms: number }> {
    if (body === undefined) {
      return { reply: { status: undefined, problem: NOT_THERE, retryAfter: undefined }, ms: 0 };
    }
    const begun = performance.now();
    const headers = signedHeaders(secrets, { id: event, at: now, body });
    const reply = await this.post.send({ url, headers, body }, this.stopping.signal);
    return { reply, ms: Math.round(performance.now() - begun) };
  }
}
