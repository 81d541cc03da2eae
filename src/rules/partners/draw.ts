/**
 * Points that partners pay for become entries: whole points, with the rest of each member and
 * partner carried, so that many small purchases cost a partner what a large one does. What is
 * prepaid is drawn from the partner's block in the same posting and never beyond it; what the block
 * lacks stays due, and the programme stands in for it meanwhile.
 */
import type { LimitUse } from '../limits.js';
import { BILLION } from '../points.js';
import type { Counter, Entry } from '../outcome.js';
import { counterKey } from '../state.js';
import { accountOf, type Partners } from './terms.js';

export interface Drawn {
  entries: Entry[];
  counters: Counter[];
  shared: LimitUse[];
  /** What was asked of blocks that have less. */
  short: LimitUse[];
}

/** What blocks have at hand for a chain of postings, and what it asked of them in vain. */
export interface Blocks {
  left: ReadonlyMap<string, number>;
  short: readonly LimitUse[];
}

type Counters = ReadonlyMap<string, number>;

const DUE = '*/due/';

/** What a partner still owes for a member: whole points, and billionths of the next one. */
const dueNames = (account: string): [whole: string, part: string] => [
  `${DUE}${account}`,
  `${DUE}${account}/part`,
];

/** Prepaid points and others are due apart, as each are given back where they came from. */
const dueAccount = (partner: string, block: string | undefined): string => block ?? partner;

/** The counters that drawing for these partners reads. */
export function dueCounters({ byCode }: Partners, codes: Iterable<string>): Counter[] {
  const due: Counter[] = [];
  for (const code of codes) {
    const terms = byCode.get(code)?.terms;
    if (terms === undefined) continue;
    for (const counter of dueNames(dueAccount(code, terms.prepaid?.block))) {
      due.push({ counter, periodStart: 0, used: 0 });
    }
  }
  return due;
}

/** `counters` with what is due as `from` has it. */
export function withDue(counters: Counters, from: Counters): Counters {
  let due: Map<string, number> | undefined;
  for (const [key, used] of from) {
    if (key.startsWith(DUE)) due = (due ?? new Map(counters)).set(key, used);
  }
  return due ?? counters;
}

/** Blocks as an act finds them, once `before` is posted. */
export function blocksAt(
  { left = new Map() }: { left?: ReadonlyMap<string, number> | undefined },
  before: readonly { shared?: readonly LimitUse[] | undefined }[],
): Blocks {
  let now = left;
  for (const { shared = [] } of before) now = withUses(now, shared);
  return { left: now, short: [] };
}

/** Whether something was asked in vain of a partner's block. */
export function lacksBlock(
  { byCode }: Partners,
  partner: string | undefined,
  short: readonly LimitUse[],
): boolean {
  const block = byCode.get(partner ?? '')?.terms?.prepaid?.block;
  return block !== undefined && short.some(({ limit }) => limit === block);
}

/** Whether that turns away a purchase at the partner; elsewhere its points wait. */
export function turnsAway(
  partners: Partners,
  retailer: string | undefined,
  short: readonly LimitUse[],
): boolean {
  const { whenEmpty } = partners.byCode.get(retailer ?? '')?.terms?.prepaid ?? {};
  return whenEmpty === 'refuse' && lacksBlock(partners, retailer, short);
}

/** What is left once limits are used. */
export function withUses(
  left: ReadonlyMap<string, number>,
  uses: readonly LimitUse[],
): ReadonlyMap<string, number> {
  if (uses.length === 0) return left;
  const now = new Map(left);
  for (const { limit, amount } of uses) {
    const room = now.get(limit);
    if (room !== undefined) now.set(limit, room - amount);
  }
  return now;
}

/** Counters with what a posting has set of them. */
export function withCounters(counters: Counters, set: readonly Counter[]): Counters {
  if (set.length === 0) return counters;
  const changes = set.map(
    (each) => [counterKey(each.counter, each.periodStart), each.used] as const,
  );
  return new Map([...counters, ...changes]);
}

/**
 * Draws what changes by one posting, in billionths by partner. `left` is what blocks have at hand;
 * giving back never draws.
 */
export function draw(
  { byCode }: Partners,
  changes: ReadonlyMap<string, bigint>,
  { counters, left }: { counters: Counters; left: ReadonlyMap<string, number> },
): Drawn {
  const drawn: Drawn = { entries: [], counters: [], shared: [], short: [] };
  for (const [code, change] of changes) {
    const block = byCode.get(code)?.terms?.prepaid?.block;
    const account = dueAccount(code, block);
    const due = dueAt(counters, account) + change;
    const whole = wholeOf(due);
    const asked = change < 0n ? Math.min(0, whole) : whole;
    const points = block === undefined ? asked : Math.min(asked, roomOf(left, block));
    if (points < asked && block !== undefined) drawn.short.push({ limit: block, amount: asked });
    if (points !== 0) drawn.entries.push(entryOf(code, points));
    if (points !== 0 && block !== undefined) drawn.shared.push({ limit: block, amount: points });
    drawn.counters.push(...changed(counters, account, due - BigInt(points) * BILLION));
  }
  return drawn;
}

/** Billionths due on an account: of a block by its name, of a partner that pays later by its code. */
export function dueAt(counters: Counters, account: string): bigint {
  const [whole, part] = dueNames(account).map((name) =>
    BigInt(counters.get(counterKey(name, 0)) ?? 0),
  );
  return (whole ?? 0n) * BILLION + (part ?? 0n);
}

/** Whole points, towards less. */
function wholeOf(billionths: bigint): number {
  const part = ((billionths % BILLION) + BILLION) % BILLION;
  return Number((billionths - part) / BILLION);
}

/** Whole points at hand of a block. */
export function roomOf(left: ReadonlyMap<string, number>, block: string): number {
  const room = left.get(block);
  if (room === undefined) throw new Error('invariant: a block is read before it is drawn from');
  return Math.max(0, room);
}

function changed(counters: Counters, account: string, due: bigint): Counter[] {
  const amounts = [Number(due / BILLION), Number(due % BILLION)];
  return dueNames(account)
    .map((counter, index) => ({ counter, periodStart: 0, used: amounts[index] ?? 0 }))
    .filter(({ counter, used }) => (counters.get(counterKey(counter, 0)) ?? 0) !== used);
}

/** The partner stands in for the programme, or the programme for the partner again. */
function entryOf(code: string, points: number): Entry {
  const account = accountOf(code);
  const amount = Math.abs(points);
  const none = { lotSeq: null, lotN: null };
  return points > 0
    ? { debit: account, credit: 'issued', amount, ...none }
    : { debit: 'issued', credit: account, amount, ...none };
}
