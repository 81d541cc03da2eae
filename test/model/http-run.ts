/** Runs drawn steps over HTTP, on two servers, and on a reference model of each member. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { PostingView } from '../../src/statements/statements.views.js';
import type { StandingHistoryView } from '../../src/tiers/tiers.views.js';
import { expected, problem, type Answer, type Api } from '../support/api.js';
import type { TestClock } from '../support/clock.js';
import type { Deployment } from '../support/server.js';
import { type History, versionsFor } from './programmes.js';
import { Reference, standing } from './reference.js';
import { anyStep, askedOf, holdFor, lotsOf, pick, type Step } from './steps.js';
import type { Basket } from './terms.js';

/** How a request travels: once, twice at once, with its answer lost, or followed by a misuse. */
export const ways = [
  'once',
  'twice',
  'lost',
  'reused key',
  'same key elsewhere',
  'beside another',
] as const;

export interface Errand {
  step: Step;
  way: (typeof ways)[number];
  /** Which server is asked first, and whether the other retailer is the one who asks. */
  second: boolean;
  corner: boolean;
}

export const anyErrand: fc.Arbitrary<Errand> = fc.record({
  step: anyStep,
  way: fc.constantFrom('once', 'once', ...ways),
  second: fc.boolean(),
  corner: fc.integer({ max: 3, min: 0 }).map((drawn) => drawn === 0),
});

/** What is asked of a server, and what the model says once it is known when that was. */
interface Request {
  path: string;
  body: object | undefined;
  caller: 'shop' | 'corner' | 'staff';
  model: (now: number) => string | undefined;
  /** The same with something else in it. */
  other?: object;
}

export interface World {
  servers: readonly [Api, Api];
  deployment: Deployment;
  clock: TestClock;
}

export class Member {
  readonly reference: Reference;
  private readonly ids = new Map<number, string>();
  private readonly retailers = new Map<number, 'shop' | 'corner'>();
  /** Of the ledger, as it was last looked at. */
  private newestId = '';

  constructor(
    private readonly world: World,
    private readonly id: string,
    published: History,
  ) {
    this.reference = new Reference(versionsFor(published), 0);
  }

  /** `now` is the clock's, or a little earlier; it stands still but for the time requests take. */
  async run(errand: Errand | undefined, now: number): Promise<void> {
    if (errand === undefined) return;
    const request = this.requestOf(errand, now);
    if (request === undefined) return;
    const key = randomUUID();
    const beside = errand.way === 'beside another' ? this.requestOf(errand, now) : undefined;
    if (beside !== undefined) return this.together(errand, [request, beside], now);
    await this.done(errand, request, key, now);
    if (errand.way !== 'same key elsewhere' || errand.step.do !== 'accrue') return;
    const caller = request.caller === 'shop' ? 'corner' : 'shop';
    const again = this.requestOf({ ...errand, step: { ...errand.step, uses: null } }, now);
    if (again !== undefined) await this.done(errand, { ...again, caller }, key, now);
  }

  private async done(errand: Errand, request: Request, key: string, now: number): Promise<void> {
    const { status, body } = await this.sent(errand, request, key);
    const code = status < 400 ? undefined : problem({ status, body, headers: new Headers() }).code;
    const news = await this.news(errand.second ? 0 : 1);
    const before = this.reference.postings.length;
    const at = Date.parse(news.at(-1)?.recordedAt ?? '') || now;
    same([errand.step, code], [errand.step, request.model(at)]);
    same(
      news.map(({ kind }) => kind),
      this.reference.postings.slice(before),
    );
    if (news.length > 0) same(news.at(-1)?.balance, this.reference.balance(at));
    await this.misused(errand, request, { key, code });
    const { id, purchase } = body as { id?: string; purchase?: string };
    if (code === undefined && !this.ids.has(this.reference.newest)) {
      this.ids.set(this.reference.newest, purchase ?? id ?? '');
      this.retailers.set(this.reference.newest, request.caller === 'corner' ? 'corner' : 'shop');
      if (errand.corner) await this.foreign(request.caller, purchase, id);
    }
    await this.balanced(errand.second ? 1 : 0);
  }

  /** Two alike at once, under keys of their own: one after the other, whichever was first. */
  private async together(
    errand: Errand,
    requests: readonly [Request, Request],
    now: number,
  ): Promise<void> {
    const answers = await Promise.all(
      requests.map(async (request, index) =>
        this.sent({ ...errand, second: index === 1 }, request, randomUUID()),
      ),
    );
    const news = await this.news(0);
    const codes: (string | undefined)[] = [];
    const start = this.reference.postings.length;
    for (const { model, caller } of requests) {
      const known = this.reference.newest;
      const line = news[this.reference.postings.length - start];
      codes.push(model(line === undefined ? now : Date.parse(line.recordedAt)));
      if (this.reference.newest === known) continue;
      const number = news[this.reference.postings.length - start - 1]?.id.slice('pst_'.length);
      const ids = answers.map(({ body }) => body as { id?: string; purchase?: string });
      const own = ids.map(({ id, purchase }) => purchase ?? id ?? '');
      this.ids.set(known + 1, own.find((id) => id.slice('pst_'.length) === number) ?? '');
      this.retailers.set(known + 1, caller === 'corner' ? 'corner' : 'shop');
    }
    const told = answers.map((answer) => (answer.status < 400 ? undefined : problem(answer).code));
    same([errand.step, [...told].sort()], [errand.step, [...codes].sort()]);
    same(
      news.map(({ kind }) => kind),
      this.reference.postings.slice(start),
    );
    await this.balanced(1);
  }

  private async sent(
    { way, second }: Errand,
    { path, body, caller }: Request,
    key: string,
  ): Promise<Answer> {
    const [first, other] = second ? [1, 0] : [0, 1];
    const text = textOf(body);
    const call = async (server: number): Promise<Answer> =>
      answered(async () => this.as(caller, server).send('POST', path, text, { key }));
    if (way === 'twice') {
      const [one, two] = await Promise.all([call(first), call(other)]);
      same([two.status, withoutId(two.body)], [one.status, withoutId(one.body)]);
      return one;
    }
    if (way === 'lost') {
      const api = this.as(caller, first);
      await fetch(`${api.url}${path}`, {
        method: 'POST',
        headers: {
          ...{ authorization: `Bearer ${api.credential ?? ''}`, 'idempotency-key': key },
          ...(text !== '' && { 'content-type': 'application/json' }),
        },
        ...(text !== '' && { body: text }),
        signal: AbortSignal.timeout(4),
      }).catch(() => undefined);
      return call(other);
    }
    return call(first);
  }

  /** A key that has done something does nothing else, and the same again does nothing more. */
  private async misused(
    { way, second }: Errand,
    { path, body, caller, other }: Request,
    { key, code }: { key: string; code: string | undefined },
  ): Promise<void> {
    if (way !== 'reused key') return;
    const api = this.as(caller, second ? 0 : 1);
    if (code === undefined) {
      const again = await answered(async () => api.send('POST', path, textOf(body), { key }));
      expect([again.status < 300, again.headers.get('idempotency-replayed')]).toEqual([
        true,
        'true',
      ]);
    }
    if (other === undefined || code !== undefined) return;
    const answer = await answered(async () => api.post(path, other, { key }));
    expect([answer.status, problem(answer).code]).toEqual([422, 'idempotency_key_reused']);
  }

  /** What one retailer did, the other one cannot find. */
  private async foreign(caller: Request['caller'], purchase = '', hold = ''): Promise<void> {
    if (caller === 'staff') return;
    const api = this.as(caller === 'shop' ? 'corner' : 'shop', 1);
    const body = { occurredAt: new Date().toISOString() };
    const answers =
      purchase !== ''
        ? [
            await api.get(`/v1/purchases/${purchase}`),
            await api.post(`/v1/purchases/${purchase}/returns`, body),
          ]
        : [await api.end('capture', hold), await api.end('release', hold)];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  }

  private as(caller: Request['caller'], server: number): Api {
    const { servers, deployment } = this.world;
    return (servers[server] ?? servers[0]).as(deployment.credentials[caller]);
  }

  /** Postings since the last look, oldest first. */
  private async news(server: number): Promise<PostingView[]> {
    const { postings } = await this.as('staff', server).ledger(this.id, '?limit=100');
    const known = postings.findIndex(({ id }) => id === this.newestId);
    this.newestId = postings[0]?.id ?? '';
    return postings.slice(0, known === -1 ? postings.length : known).reverse();
  }

  private async balanced(server: number): Promise<void> {
    const { asOf, ...view } = await this.as('staff', server).balance(this.id);
    const { available, pending, held, owed } = view;
    same({ available, pending, held, owed }, this.reference.balance(Date.parse(asOf)));
  }

  /** Everything at the end of a run: standing, lots by their terms, exact points. */
  async finished(): Promise<void> {
    const path = `/v1/members/${this.id}/standing`;
    const answer = await this.as('staff', 0).get<StandingHistoryView>(path);
    const { tier, qualifyingPoints } = expected(answer, 200);
    const { story } = this.reference;
    const whole = Number(story.qualifying / 1_000_000_000n);
    const now = await this.world.clock.now();
    const { tiers } = this.reference.termsAt(now);
    const rank = standing(tiers, story.held, story.qualifying);
    same([tier.code, qualifyingPoints], [tiers[rank]?.code, whole]);
    const kept = await this.world.deployment.sql<{ terms: string; left: number; held: number }>(
      `SELECT accrued_at || ' ' || available_from || ' ' || coalesce(expires_at::text, '') AS terms,
              sum(remaining)::int AS left, sum(held)::int AS held FROM
              (SELECT (extract(epoch FROM accrued_at) * 1000)::bigint AS accrued_at,
                      (extract(epoch FROM available_from) * 1000)::bigint AS available_from,
                      (extract(epoch FROM expires_at) * 1000)::bigint AS expires_at, remaining, held
                 FROM lots WHERE member_id = $1) l
        GROUP BY 1 HAVING sum(remaining) > 0 ORDER BY 1`,
      [this.id],
    );
    const sums = new Map<string, { terms: string; left: number; held: number }>();
    for (const [accrued = 0, from = 0, expires, left, held] of lotsOf(this.reference)) {
      const terms = `${accrued} ${from} ${expires ?? ''}`;
      const sum = sums.get(terms) ?? { terms, left: 0, held: 0 };
      sums.set(terms, { terms, left: sum.left + Number(left), held: sum.held + Number(held) });
    }
    const open = [...sums.values()].filter(({ left }) => left > 0);
    const inOrder = (a: { terms: string }, b: { terms: string }): number =>
      a.terms < b.terms ? -1 : 1;
    same([...kept].sort(inOrder), open.sort(inOrder));
  }

  private requestOf({ step, corner }: Errand, clock: number): Request | undefined {
    const { reference, ids } = this;
    const member = { id: this.id };
    switch (step.do) {
      case 'accrue': {
        const used = corner ? undefined : holdFor(reference, step.uses);
        const redemptions = used === undefined ? [] : [used.id];
        const occurredAt = clock - awayFromLimits(step.ago);
        const named = redemptions.map((id) => ids.get(id) ?? '');
        const body = purchaseBody(member, step.basket, occurredAt, named);
        return {
          ...{ path: '/v1/purchases', body, caller: corner ? 'corner' : 'shop' },
          other: { ...body, reference: randomUUID() },
          model: (now) => reference.accrue(now, occurredAt, step.basket, redemptions),
        };
      }
      case 'return': {
        const original = pick([...reference.story.purchases.values()], step.which);
        if (original === undefined) return undefined;
        const { id, basket } = original;
        const given = holdFor(reference, step.gives);
        const asked = askedOf(basket, step.back)?.filter(({ line }) => line in basket.lines);
        const lines = asked?.length === 0 ? undefined : asked;
        const occurredAt = clock - awayFromLimits(step.ago);
        const body = {
          occurredAt: new Date(occurredAt).toISOString(),
          ...(lines && { lines: lines.map((line) => ({ ...line, line: String(line.line) })) }),
          ...(given && { redemptions: [ids.get(given.id)] }),
        };
        return {
          ...{ path: `/v1/purchases/${ids.get(id) ?? ''}/returns`, body },
          caller: this.retailers.get(id) ?? 'shop',
          model: (now) => reference.bringBack(now, occurredAt, id, lines, given && [given.id]),
        };
      }
      case 'hold': {
        const { reward } = step;
        return {
          ...{ path: '/v1/redemptions', body: { member, reward }, caller: 'shop' },
          other: { member, reward: reward === 'small' ? 'large' : 'small' },
          model: (now) => reference.hold(now, reward),
        };
      }
      case 'capture':
      case 'release': {
        const hold = pick(reference.holds, step.which);
        if (hold === undefined) return undefined;
        const path = `/v1/redemptions/${ids.get(hold.id) ?? ''}/${step.do}`;
        const model = (now: number): string | undefined => reference.end(now, hold, step.do);
        return { path, body: undefined, caller: 'shop', model };
      }
      case 'adjust': {
        const { points } = step;
        const body = { member, points, reason: 'goodwill' };
        return {
          ...{
            path: '/v1/adjustments',
            body,
            caller: 'staff',
            other: { ...body, points: points + 1 },
          },
          model: (now) => reference.adjust(now, points),
        };
      }
      case 'wait':
        return undefined;
    }
  }
}

/** Half an hour off every whole hour, as it is known only later when exactly a server decided. */
const awayFromLimits = (ago: number): number => (ago >= 3_600_000 ? ago - 1_800_000 : ago);

const textOf = (body: object | undefined): string =>
  body === undefined ? '' : JSON.stringify(body);

const withoutId = (body: object): object => ({ ...body, requestId: undefined });

function purchaseBody(member: object, basket: Basket, at: number, redemptions: string[]): object {
  const amount = basket.lines.reduce((sum, line) => sum + line.amount, 0);
  return {
    ...{ member, reference: randomUUID(), occurredAt: new Date(at).toISOString() },
    total: { amount, currency: 'GBP' },
    lines: basket.lines.map(({ tax, ...line }) => ({ ...line, ...(tax && { tax }) })),
    ...(basket.tenders.length > 0 && { tenders: basket.tenders }),
    ...(redemptions.length > 0 && { redemptions }),
  };
}

function same(real: unknown, model: unknown): void {
  if (!isDeepStrictEqual(real, model)) expect(real).toEqual(model);
}

/** Asks again while the answer says that nothing was done and that the same key may be sent again. */
async function answered(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503 && problem(answer).code !== 'request_in_flight') return answer;
  }
}
