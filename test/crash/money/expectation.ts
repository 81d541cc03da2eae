/** What the ledger must hold, worked out from the journal alone. */
import type { Asked, JournalLine, Told } from './journal.js';
import { billionthsPerPenny, type PurchaseAsked, type ReturnAsked } from './operations.js';

const BILLION = 1_000_000_000n;

interface LineLeft {
  quantity: number;
  amount: number;
  rate: bigint;
}

interface Held {
  member: string;
  points: number;
  state: 'held' | 'captured' | 'released';
}

/** What a member must have. */
export interface Figures {
  /** Points that are free or held, less debts. */
  worth: bigint;
  held: number;
  /** Billionths of a point beside the whole ones. */
  carried: bigint;
  /** Billionths of everything that was bought and kept. */
  exact: bigint;
}

/** Refusals that can come true in this torture; any other is a fault of the engine. */
const fair = new Set([
  '422 insufficient_points',
  '422 return_exceeds_purchase',
  '422 nothing_left_to_return',
  // News of a return that come late may say that it was before its purchase.
  '422 return_before_purchase',
  '422 redemption_already_captured',
  '422 redemption_already_released',
]);

export class Expectation {
  readonly asked = new Map<string, Asked>();
  readonly told = new Map<string, Told>();
  /** What no answers may say together. */
  readonly contradictions: string[] = [];
  private readonly purchases = new Map<string, { member: string; lines: LineLeft[] }>();
  private readonly redemptions = new Map<string, Held>();
  private readonly adjusted = new Map<string, number>();

  static async of(journal: AsyncIterable<JournalLine>): Promise<Expectation> {
    const expectation = new Expectation();
    for await (const line of journal) expectation.take(line);
    expectation.settle();
    return expectation;
  }

  /** Figures by member; members without an effect are missing. */
  figures(): Map<string, Figures> {
    const found = new Map<string, Figures>();
    const of = (member: string): Figures => {
      const figures = found.get(member) ?? { worth: 0n, held: 0, carried: 0n, exact: 0n };
      found.set(member, figures);
      return figures;
    };
    for (const { member, lines } of this.purchases.values()) {
      for (const { amount, rate } of lines) of(member).exact += BigInt(amount) * rate;
    }
    for (const figures of found.values()) {
      figures.worth = figures.exact / BILLION;
      figures.carried = figures.exact % BILLION;
    }
    for (const [member, points] of this.adjusted) of(member).worth += BigInt(points);
    for (const { member, points, state } of this.redemptions.values()) {
      if (state === 'captured') of(member).worth -= BigInt(points);
      if (state === 'held') of(member).held += points;
    }
    return found;
  }

  private take(line: JournalLine): void {
    const known: ReadonlyMap<string, JournalLine> = line.what === 'asked' ? this.asked : this.told;
    if (known.has(line.key)) this.contradictions.push(`${line.key} is ${line.what} twice`);
    if (line.what === 'asked') this.asked.set(line.key, line);
    else this.told.set(line.key, line);
  }

  /** Answers were written down as they arrived, which need not be the order of their effects. */
  private settle(): void {
    const done: [Asked, Told][] = [];
    for (const [key, asked] of this.asked) {
      const told = this.told.get(key);
      if (told === undefined) this.contradictions.push(`${key} was never answered`);
      else if (told.status < 300) done.push([asked, told]);
      else if (!fair.has(`${told.status} ${String(told.code)}`)) {
        this.contradictions.push(`${key} (${asked.kind}): ${told.status} ${String(told.code)}`);
      }
    }
    for (const [asked, told] of done) this.opens(asked, told);
    for (const [asked, told] of done) this.ends(asked, told);
  }

  private opens({ kind, member, body }: Asked, { key, facts }: Told): void {
    if (kind === 'purchase' || kind === 'line') {
      this.bought(member, facts.purchase, body as PurchaseAsked, key);
    }
    const { exchange } = kind === 'exchange' ? (body as ReturnAsked) : {};
    if (exchange !== undefined) this.bought(member, facts.exchange?.purchase, exchange, key);
    if (kind === 'adjust') {
      this.adjusted.set(member, (this.adjusted.get(member) ?? 0) + (facts.points ?? NaN));
    }
    if (kind !== 'hold') return;
    const { id = '', points = NaN } = facts;
    if (this.redemptions.has(id)) this.contradictions.push(`${key}: ${id} was held before`);
    this.redemptions.set(id, { member, points, state: 'held' });
  }

  private bought(member: string, id = '', { lines }: PurchaseAsked, key: string): void {
    if (this.purchases.has(id)) this.contradictions.push(`${key}: ${id} was bought before`);
    const left = lines.map(({ category, quantity, amount }) => {
      return { quantity, amount, rate: billionthsPerPenny[category] ?? 0n };
    });
    this.purchases.set(id, { member, lines: left });
  }

  private ends({ kind }: Asked, { key, facts }: Told): void {
    if (kind === 'return' || kind === 'exchange') {
      const { lines = [] } = this.purchases.get(facts.purchase ?? '') ?? {};
      for (const [position, quantity, amount] of facts.lines ?? []) {
        const left = lines[position];
        if (left === undefined || left.quantity < quantity || left.amount < amount) {
          this.contradictions.push(`${key}: line ${position} came back more than once`);
          continue;
        }
        left.quantity -= quantity;
        left.amount -= amount;
      }
    }
    if (kind !== 'capture' && kind !== 'release') return;
    const held = this.redemptions.get(facts.id ?? '');
    if (held?.state !== 'held') this.contradictions.push(`${key}: ${kind} of what is not held`);
    else held.state = kind === 'capture' ? 'captured' : 'released';
  }
}
