/**
 * The sums of a recomputation, in the order of events: everything that was bought and kept is worth
 * what it is, again and again from the beginning, so that nothing has to be carried along rightly.
 */

/** Whole points, the fraction beside them in billionths, and the tier reached. */
export type Expected = Readonly<{ points: bigint; carried: bigint; tier: string }>;
type Line = { code: string; left: bigint; pence: bigint };
/** A purchase, or a cancellation of one line; `before` is the tier held until then. */
export type Event = { at: number; day: number; back: boolean; lines: Line[] } & typeof unknown;

const HOUR = 3_600_000;
/** Pence of goods that reach a tier at 1.25 points a pound, and millionths of them on top. */
const [tiers, reach] = [
  ['guest', 'regular', 'friend', 'patron'],
  [0n, 20_000n, 80_000n, 400_000n],
];
export const unknown = { before: -1, tier: 0, bonus: 0n };
const extra = [0n, 100_000n, 333_333n, 500_000n];

const sum = (all: bigint[]): bigint => all.reduce((one, other) => one + other, 0n);
const spent = (all: Event[]): bigint => sum(all.flatMap(({ lines }) => lines.map((l) => l.pence)));
const tierOf = (done: Event[], least: number): number =>
  Math.max(
    least,
    reach.findLastIndex((from) => from <= spent(done)),
  );
/** From Monday; 1970 began on Thursday. */
const weekOf = ({ day }: Event): number => Math.floor((day + 3) / 7);

export function sumUp(events: Event[]): Expected {
  const done: Event[] = [];
  let held = -1;
  for (const event of events.sort((a, b) => a.at - b.at || Number(a.back) - Number(b.back))) {
    if (event.back) held = takeBack(event, done, held);
    else {
      const last = done.findLast(({ bonus }) => bonus > 0n)?.at ?? -Infinity;
      const week = done.filter((other) => weekOf(other) === weekOf(event));
      const left = 40n - sum(week.map(({ bonus }) => bonus));
      const isDue = spent([event]) >= 10_000n && event.at - last >= 12 * HOUR;
      const bonus = isDue ? (left < 25n ? left : 25n) : 0n;
      done.push(Object.assign(event, { before: held, tier: tierOf(done, held), bonus }));
      held = tierOf(done, held);
    }
  }
  const exact = sum(done.map(worth));
  const [points, carried] = [exact / 1_000_000_000n, exact % 1_000_000_000n];
  return { points, carried, tier: tiers[Math.max(held, 0)] ?? '' };
}

/** A penny is 12,500,000 billionths of a point, and the tier adds to that. */
function worth({ lines, tier, bonus }: Event): bigint {
  const bases = lines.map(({ pence }) => pence * 12_500_000n);
  const tops = bases.map((base) => (base * (extra[tier] ?? 0n)) / 1_000_000n);
  return sum([...bases, ...tops]) + bonus * 1_000_000_000n;
}

function takeBack({ day, lines: [asked] }: Event, done: Event[], tier: number): number {
  let held = tier;
  for (const purchase of done.toReversed()) {
    for (const line of purchase.lines.toReversed()) {
      if (line.code !== asked?.code || line.left === 0n || asked.left <= 0n) continue;
      const pieces = line.left < asked.left ? line.left : asked.left;
      line.pence -= (line.pence * pieces) / line.left;
      [line.left, asked.left] = [line.left - pieces, asked.left - pieces];
      if (spent([purchase]) < 10_000n) purchase.bonus = 0n;
      const oldest = done.find((other) => day <= other.day + 30)?.before ?? held;
      if (day <= purchase.day + 30) held = Math.min(held, tierOf(done, oldest));
    }
  }
  return held;
}
