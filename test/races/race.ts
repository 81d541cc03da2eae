/** One race for what one member has, and what must be true of it afterwards. */
import type { AccrualView } from '../../src/accrual/accrual.views.js';
import type { PostingView } from '../../src/statements/statements.views.js';
import { daysAgo, expected, type Api } from '../support/api.js';
import type { Reply, Request, StartingLine } from './starting-line.js';

const REWARD = 500;
const rivals = ['piece', 'line', 'whole', 'hold', 'end'] as const;
const fair = new Set([
  'insufficient_points',
  'return_exceeds_purchase',
  'nothing_left_to_return',
  'redemption_already_captured',
  'redemption_already_released',
]);

interface Prepared {
  member: string;
  purchase: string;
  lines: { quantity: number; amount: number }[];
  holds: string[];
}

export interface Race {
  member: string;
  runners: number;
  /** What is not as it must be. */
  faults: string[];
  /** Answers by kind of request and outcome. */
  outcomes: string[];
}

/** Runs 2 to 64 requests at once for a member of their own. */
export async function race(
  shop: Api,
  line: StartingLine,
  draw: () => number,
  name: string,
): Promise<Race> {
  const prepared = await prepare(shop, draw);
  const runners = Math.round(2 ** (1 + draw() * 5));
  const drawn = Array.from({ length: runners }, (_, index) =>
    request(prepared, draw, `${name}/${index}`),
  );
  const replies = await line.run(drawn.map((each) => each.request));
  const faults = [
    ...impossible(prepared, replies),
    ...(await inexact(shop, prepared, replies)),
  ].map((fault) => `${name}: ${fault}`);
  const outcomes = replies.map(({ status, body }, index) => {
    const kind = drawn[index]?.kind ?? '';
    return `${kind} ${status < 400 ? 'done' : String(body['code'])}`;
  });
  return { member: prepared.member, runners, faults, outcomes };
}

async function prepare(shop: Api, draw: () => number): Promise<Prepared> {
  const member = await shop.enrol();
  const lines = Array.from({ length: 1 + Math.floor(draw() * 3) }, () => {
    const quantity = 1 + Math.floor(draw() * 5);
    return { quantity, amount: quantity * 100 * (1 + Math.floor(draw() * 600)) };
  });
  const amount = lines.reduce((sum, each) => sum + each.amount, 0);
  const answer = await shop.post<AccrualView>('/v1/purchases', {
    member: { id: member },
    reference: `race/${member}`,
    occurredAt: daysAgo(60),
    total: { amount, currency: 'GBP' },
    lines: lines.map((each) => ({ ...each, category: 'home' })),
  });
  const { purchase } = expected(answer, 201);
  const affordable = Math.floor(amount / 100 / REWARD);
  const holds: string[] = [];
  for (let n = 0; n < Math.min(affordable, Math.floor(draw() * 4)); n++) {
    holds.push(await shop.held(member));
  }
  return { member, purchase: purchase ?? '', lines, holds };
}

function request(
  { member, purchase, lines, holds }: Prepared,
  draw: () => number,
  key: string,
): { kind: string; request: Request } {
  const drawn = rivals[Math.floor(draw() * rivals.length)] ?? 'hold';
  const line = String(Math.floor(draw() * lines.length));
  const hold = holds[Math.floor(draw() * holds.length)];
  const path = `/v1/purchases/${purchase}/returns`;
  const occurredAt = daysAgo(1);
  if (drawn === 'piece') {
    return {
      kind: 'piece',
      request: { path, key, body: { occurredAt, lines: [{ line, quantity: 1 }] } },
    };
  }
  if (drawn === 'line')
    return { kind: 'line', request: { path, key, body: { occurredAt, lines: [{ line }] } } };
  if (drawn === 'whole') return { kind: 'whole', request: { path, key, body: { occurredAt } } };
  if (drawn === 'end' && hold !== undefined) {
    const kind = draw() < 0.5 ? 'capture' : 'release';
    return { kind, request: { path: `/v1/redemptions/${hold}/${kind}`, key } };
  }
  const body = { member: { id: member }, reward: 'voucher' };
  return { kind: 'hold', request: { path: '/v1/redemptions', key, body } };
}

/** What no answers may say together: a line that comes back twice, a hold that ends twice. */
function impossible({ lines, holds }: Prepared, replies: readonly Reply[]): string[] {
  const faults: string[] = [];
  const left = lines.map((line) => ({ ...line }));
  const ended = new Map(holds.map((id) => [id, 0]));
  for (const { status, body } of replies) {
    const code = String(body['code']);
    if (status >= 400 && !fair.has(code)) faults.push(`${status} ${code}`);
    if (status >= 400) continue;
    const id = String(body['id']);
    if (ended.has(id)) ended.set(id, (ended.get(id) ?? 0) + 1);
    for (const { line, quantity, amount } of backOf(body)) {
      const own = left[line];
      if (own === undefined) continue;
      own.quantity -= quantity;
      own.amount -= amount;
    }
  }
  for (const { quantity, amount } of left) {
    if (quantity < 0 || amount < 0) faults.push('a line came back twice');
  }
  for (const times of ended.values()) if (times > 1) faults.push('a hold ended twice');
  return faults;
}

const backOf = (body: Reply['body']): { line: number; quantity: number; amount: number }[] =>
  (body['lines'] ?? []) as { line: number; quantity: number; amount: number }[];

const sum = (all: readonly { amount: number }[]): number =>
  all.reduce((total, { amount }) => total + amount / 100, 0);

interface Figures {
  free: number;
  held: number;
  owed: number;
}

/** Follows the postings in their order: what was free, held and owed before and after each. */
async function inexact(
  shop: Api,
  prepared: Prepared,
  replies: readonly Reply[],
): Promise<string[]> {
  const { postings, next } = await shop.ledger(prepared.member, '?limit=200');
  if (next !== null) return ['more postings than asked for'];
  const faults: string[] = [];
  // By posting, as each answer tells what came back of which line; a pound is a point.
  const taken = new Map(replies.map(({ body }) => [String(body['posting']), sum(backOf(body))]));
  let figures: Figures = { free: 0, held: 0, owed: 0 };
  for (const posting of postings.toReversed()) {
    figures = after(posting, figures, taken.get(posting.id) ?? 0);
    const { available, pending, held, owed } = posting.balance;
    const told = JSON.stringify({ free: available + pending, held, owed });
    const should = JSON.stringify(figures);
    if (told !== should) faults.push(`${posting.kind} left ${told}, not ${should}`);
    if (figures.free < 0) faults.push(`${posting.kind} took what was not there`);
  }
  return [...faults, ...disagreeing(prepared, replies, figures)];
}

/** Held points are never taken back, free ones first, and what is missing is owed. */
function after(
  { kind, points }: PostingView,
  { free, held, owed }: Figures,
  asked: number,
): Figures {
  if (kind === 'hold') return { free: free - REWARD, held: held + REWARD, owed };
  if (kind === 'redeem') return { free, held: held - REWARD, owed };
  if (kind === 'release') return { free: free + REWARD, held: held - REWARD, owed };
  if (kind === 'refused') return { free, held, owed };
  if (kind === 'accrue') return { free: free + points, held, owed };
  const taken = Math.min(free, asked);
  return { free: free - taken, held, owed: owed + asked - taken };
}

/** From the answers alone: the award, less what came back, less what was captured. */
function disagreeing(
  { lines, holds }: Prepared,
  replies: readonly Reply[],
  { free, held, owed }: Figures,
): string[] {
  const faults: string[] = [];
  const done = replies.filter(({ status }) => status < 400).map(({ body }) => body);
  const back = done.flatMap(backOf);
  const count = (state: string): number => done.filter((body) => body['state'] === state).length;
  const open = (holds.length + count('held') - count('captured') - count('released')) * REWARD;
  if (held !== open) faults.push(`${held} held, ${open} by the answers`);
  const worth = sum(lines) - sum(back) - count('captured') * REWARD;
  if (free + held - owed !== worth) faults.push(`${free + held - owed}, ${worth} by the answers`);
  return faults;
}
