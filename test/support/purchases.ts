/**
 * Purchases as a retailer hands them over: NDJSON in the order of time, the same for the same seed,
 * with faulty lines among them whose answers are known beforehand.
 */
import { Buffer } from 'node:buffer';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgrammeDocument } from './programme.js';

/** How a purchase may name a member. */
export interface NamedMember {
  id: string;
  card: string;
}

export interface PurchasesWanted {
  seed: number;
  /** Lines that are not blank; a hundredth of them is faulty. */
  count: number;
  members: readonly NamedMember[];
  /** Instants between which they happen, evenly spread. */
  from: number;
  until: number;
}

/** Purchases, and what becomes of them when they are taken in once and in order. */
export interface Purchases {
  text: string;
  /** Lines that are booked. */
  booked: number;
  /** Lines that say again, word for word, what is booked. */
  repeated: number;
  /** The number in the file and the code of each line that is refused, as `12 unknown_member`. */
  refused: string[];
}

interface Line {
  member: { id: string } | { card: string };
  reference: string;
  occurredAt: string;
  total: { amount: number; currency: string };
  lines: { category: string; quantity: number; amount: number; tax?: number }[];
  tenders?: { kind: string; amount: number }[];
  idempotencyKey?: string;
}

/** Rates that leave remainders, tiers to climb, and a visit's bonus with cool-down and cap. */
export function importProgramme(): ProgrammeDocument {
  return aProgrammeDocument({
    earningRules: [
      { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1.0307' },
      { kind: 'per_amount', id: 'garden', name: 'On plants', rate: '2.5', categories: ['garden'] },
      {
        kind: 'per_purchase',
        id: 'visit',
        name: 'For a visit',
        points: 20,
        minimumAmount: 2_000,
        caps: [{ period: 'month', points: 50 }],
        coolDownHours: 12,
      },
    ],
    tiers: [
      { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
      { code: 'silver', name: 'Silver', threshold: 500, multiplier: '1.25' },
      { code: 'gold', name: 'Gold', threshold: 2_500, multiplier: '1.333333' },
    ],
    purchasesBeforeEnrolment: true,
  });
}

/** Numbers from 0 to 1 that depend on the seed only (Mulberry32). */
export function drawsOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const categories = ['home', 'home', 'garden', 'garden', 'delivery', 'gift_cards', 'tools'];
const aStrangersId = '00000000-0000-4000-8000-000000000000';

/** Makes the lines one after the other; times only go forward. */
class Till {
  readonly texts: string[] = [];
  readonly refused: string[] = [];
  booked = 0;
  repeated = 0;
  /** Lines that are not blank. */
  said = 0;
  private last: Line | undefined;
  private readonly draw: () => number;

  constructor(private readonly wanted: PurchasesWanted) {
    this.draw = drawsOf(wanted.seed);
  }

  /** One purchase, which may bring a faulty line or two with it. */
  next(): void {
    const fault = Math.floor(this.draw() * 100 * this.faults.length);
    const { last } = this;
    if (last !== undefined) this.faults[fault]?.(last);
    if (this.said < this.wanted.count) this.book(this.purchase());
  }

  private readonly faults: ((last: Line) => void)[] = [
    () => this.refuse({ ...this.purchase(), member: { card: 'NOBODYS-CARD' } }, 'unknown_member'),
    () => this.refuse({ ...this.purchase(), member: { id: aStrangersId } }, 'unknown_member'),
    () => this.refuse(this.inDollars(this.purchase()), 'purchase_does_not_add_up'),
    () => this.say('{"reference":"cut', 'invalid_json'),
    () =>
      this.say(
        this.worded(this.purchase()).replace('"quantity":', '"quantity":-'),
        'invalid_request',
      ),
    // Said twice by a till that did not hear the answer.
    (last) => {
      this.repeated += 1;
      this.say(this.worded(last));
    },
    // The number of a booked purchase on another one, of the same member and of somebody else.
    (last) => this.refuse({ ...this.purchase(), ...only(last) }, 'duplicate_reference'),
    ({ reference }) => this.refuse({ ...this.purchase(), reference }, 'duplicate_reference'),
    // With a key of its own, it is still the number of a booked purchase.
    ({ reference }) => {
      this.refuse(
        { ...this.purchase(), reference, idempotencyKey: `own/${this.said}` },
        'duplicate_reference',
      );
    },
    // Refused, put right at once under the same number, and followed by the member's next.
    () => {
      const right = this.purchase();
      this.refuse({ ...right, member: { id: aStrangersId } }, 'unknown_member');
      this.book(right);
      this.book({ ...this.purchase(), member: right.member });
    },
    () => this.texts.push('', '  '),
    // A till on Windows.
    () => this.book(this.purchase(), '\r'),
  ];

  private book(line: Line, ending = ''): void {
    this.booked += 1;
    this.last = line;
    this.say(this.worded(line) + ending);
  }

  private refuse(line: Line, code: string): void {
    this.say(this.worded(line), code);
  }

  private say(text: string, code?: string): void {
    this.texts.push(text);
    this.said += 1;
    if (code !== undefined) this.refused.push(`${this.texts.length} ${code}`);
  }

  private worded(line: Line): string {
    return JSON.stringify(line);
  }

  private inDollars(line: Line): Line {
    return { ...line, total: { ...line.total, currency: 'USD' } };
  }

  private purchase(): Line {
    const { members, from, until, count, seed } = this.wanted;
    // Some members come much more often than others.
    const member = this.pick(members, this.draw() ** 2);
    const lines = Array.from({ length: 1 + Math.floor(this.draw() * 4) }, () => {
      const amount = Math.floor(10 ** (1 + this.draw() * 3));
      const category = this.pick(categories, this.draw());
      const quantity = 1 + Math.floor(this.draw() * 3);
      return {
        category,
        quantity,
        amount,
        ...(this.draw() < 0.3 && { tax: Math.floor(amount / 6) }),
      };
    });
    const total = lines.reduce((sum, { amount }) => sum + amount, 0);
    const points = Math.floor(total * this.draw());
    const tenders = [
      { kind: 'points', amount: points },
      { kind: 'card', amount: total - points },
    ];
    return {
      member: this.draw() < 0.5 ? { id: member.id } : { card: member.card },
      // Some numbers are long and differ at their end only.
      reference: `${this.draw() < 0.02 ? 'ü'.repeat(80) : 'till-'}${seed}-${this.texts.length}`,
      occurredAt: new Date(from + ((until - from) * this.said) / count).toISOString(),
      total: { amount: total, currency: 'GBP' },
      lines,
      ...(this.draw() < 0.2 && { tenders }),
    };
  }

  private pick<T>(from: readonly T[], place: number): T {
    const picked = from[Math.floor(place * from.length)];
    if (picked === undefined) throw new Error('There is nothing to pick from.');
    return picked;
  }
}

const only = ({ member, reference }: Line): Pick<Line, 'member' | 'reference'> => ({
  member,
  reference,
});

/** As many lines as asked for, or one or two more. */
export function makePurchases(wanted: PurchasesWanted): Purchases {
  const till = new Till(wanted);
  while (till.said < wanted.count) till.next();
  const { booked, repeated, refused } = till;
  return { text: `${till.texts.join('\n')}\n`, booked, repeated, refused };
}

/** How many bytes a text is in a file. */
export const bytesOf = (text: string): number => Buffer.byteLength(text);
