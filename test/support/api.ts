import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AccrualView } from '../../src/accrual/accrual.views.js';
import type { RecordPurchase } from '../../src/accrual/purchases.requests.js';
import type { ConsentGiven, EnrolMember } from '../../src/members/members.requests.js';
import type { Problem } from '../../src/platform/http/problem.js';
import type { RedemptionView } from '../../src/redemptions/redemptions.views.js';
import type { BalanceView, PostingView } from '../../src/statements/statements.views.js';

const DAY_MS = 86_400_000;

export interface Answer<Body = object> {
  status: number;
  headers: Headers;
  body: Body;
}

/** A class is its shape here, so that tests may spread it. */
type Shape<T> = Pick<T, keyof T>;
export type PurchaseBody = Shape<RecordPurchase>;

export interface Sent {
  key?: string | undefined;
  headers?: Record<string, string>;
}

export interface LedgerPageView {
  postings: PostingView[];
  next: string | null;
}

/** The instant some days ago, as clients write it. */
export const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

/** A member's own act, just now. */
export const consent = (): Shape<ConsentGiven> => ({
  textVersion: 'terms-1',
  act: 'signed_form',
  channel: 'store',
  at: daysAgo(0),
});

/** A purchase of one line in a category that earns 1 point a pound; amounts are in pence. */
export function aPurchase(
  member: string,
  options: { amount?: number; at?: string; reference?: string; category?: string } = {},
): PurchaseBody {
  const {
    amount = 10_000,
    at = daysAgo(60),
    reference = randomUUID(),
    category = 'home',
  } = options;
  return {
    member: { id: member },
    reference,
    occurredAt: at,
    total: { amount, currency: 'GBP' },
    lines: [{ category, quantity: 1, amount }],
  };
}

/** One caller of one server. A call that fails is an answer like any other. */
export class Api {
  constructor(
    readonly url: string,
    readonly credential?: string,
  ) {}

  /** The same server as another caller. */
  as(credential: string): Api {
    return new Api(this.url, credential);
  }

  /** The same caller at another server. */
  at(url: string): Api {
    return new Api(url, this.credential);
  }

  async get<Body = object>(path: string, sent: Sent = {}): Promise<Answer<Body>> {
    return this.send('GET', path, undefined, sent);
  }

  /** With a fresh idempotency key unless one is given. */
  async post<Body = object>(path: string, body: unknown, sent: Sent = {}): Promise<Answer<Body>> {
    return this.send('POST', path, JSON.stringify(body), sent);
  }

  /** The same with the body's very text. */
  async send<Body = object>(
    method: string,
    path: string,
    text: string | undefined,
    { key = randomUUID(), headers = {} }: Sent = {},
  ): Promise<Answer<Body>> {
    const all = {
      ...(this.credential !== undefined && { authorization: `Bearer ${this.credential}` }),
      ...(text !== undefined && { 'content-type': 'application/json', 'idempotency-key': key }),
      ...headers,
    };
    const given = Object.entries(all).filter(([, value]) => value !== '');
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: given,
      ...(text !== undefined && { body: text }),
    });
    const body = JSON.parse((await response.text()) || '{}') as Body;
    return { status: response.status, headers: response.headers, body };
  }

  /** A member with consent; the id. */
  async enrol(fields: Shape<EnrolMember> = {}): Promise<string> {
    const answer = await this.post<{ id: string }>('/v1/members', {
      consent: consent(),
      ...fields,
    });
    return expected(answer, 201).id;
  }

  async purchase(purchase: PurchaseBody, sent: Sent = {}): Promise<Answer<AccrualView>> {
    return this.post('/v1/purchases', purchase, sent);
  }

  /** A new member who can spend just so many points. */
  async memberWith(points: number): Promise<string> {
    const member = await this.enrol();
    await this.give(member, points);
    return member;
  }

  /** Points that can be spent at once, from a purchase of 60 days ago. */
  async give(member: string, points: number, at = daysAgo(60)): Promise<AccrualView> {
    const answer = await this.purchase(aPurchase(member, { amount: points * 100, at }));
    return expected(answer, 201);
  }

  async hold(member: string, sent: Sent = {}, reward = 'voucher'): Promise<Answer<RedemptionView>> {
    return this.post('/v1/redemptions', { member: { id: member }, reward }, sent);
  }

  /** A hold that is expected to succeed; its id. */
  async held(member: string, reward = 'voucher'): Promise<string> {
    return expected(await this.hold(member, {}, reward), 201).id;
  }

  async end(
    how: 'capture' | 'release',
    id: string,
    sent: Sent = {},
  ): Promise<Answer<RedemptionView>> {
    return this.send('POST', `/v1/redemptions/${id}/${how}`, '', sent);
  }

  async balance(member: string, asOf?: string): Promise<BalanceView> {
    const query = asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`;
    return expected(await this.get<BalanceView>(`/v1/members/${member}/balance${query}`), 200);
  }

  async ledger(member: string, query = ''): Promise<LedgerPageView> {
    return expected(await this.get<LedgerPageView>(`/v1/members/${member}/ledger${query}`), 200);
  }

  /** The same server as a member, by a token this retailer mints. */
  async asMember(member: string): Promise<Api> {
    const answer = await this.post<{ token: string }>(`/v1/members/${member}/tokens`, {});
    return this.as(expected(answer, 201).token);
  }
}

/** The body of an answer with this status; any other is an error that shows the answer. */
export function expected<Body>({ status, body }: Answer<Body>, wanted: number): Body {
  if (status === wanted) return body;
  throw new Error(`${status} instead of ${wanted}: ${JSON.stringify(body)}`);
}

/** The problem an answer is. */
export function problem({ body }: Answer): Problem {
  return body as Problem;
}

/**
 * The answer of a call, tried again as the API says while another process is at the same request: on
 * a busy machine that may be at it longer than a server waits for it.
 */
export async function answered<Body>(call: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
  for (;;) {
    const answer = await call();
    const { code } = answer.body as Partial<Problem>;
    if (answer.status !== 409 || code !== 'request_in_flight') return answer;
    await pause(Number(answer.headers.get('retry-after')) * 1_000);
  }
}

/** How many answers have each status, and each problem's code. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const { code } = problem(answer);
    const name = answer.status < 400 ? String(answer.status) : `${answer.status} ${code}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
