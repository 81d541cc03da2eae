/**
 * Draws operations from what is known of each member: purchases to return, holds to end. Several are
 * under way for one member at once, and some ask for the same line or hold, as rivals do.
 */
import { drawsOf } from '../../support/purchases.js';
import type { Asked, Kind, Told } from './journal.js';

export interface Callers {
  retailers: readonly string[];
  staff: readonly string[];
}

/** Pence per billionth: what the programme of the torture pays on each category. */
export const billionthsPerPenny: Readonly<Record<string, bigint>> = {
  home: 10_307_000n,
  garden: 25_000_000n,
  delivery: 0n,
};

const rewards = ['voucher', 'mug'] as const;
const categories = ['home', 'home', 'home', 'garden', 'garden', 'delivery'] as const;
/** Out of a hundred operations. */
const shares: [Kind, number][] = [
  ['purchase', 36],
  ['line', 5],
  ['return', 16],
  ['exchange', 5],
  ['hold', 16],
  ['capture', 9],
  ['release', 6],
  ['adjust', 7],
];
const DAY_MS = 86_400_000;
const FIRST_DAYS_AGO = 300;
const LAST_DAYS_AGO = 1;
const KNOWN_MAX = 12;

interface Bought {
  id: string;
  caller: string;
  lines: { quantity: number; amount: number }[];
}

interface Shopper {
  member: string;
  at: number;
  bought: Bought[];
  holds: { id: string; caller: string }[];
}

interface PurchaseLine {
  category: string;
  quantity: number;
  amount: number;
}

export interface PurchaseAsked {
  reference: string;
  occurredAt: string;
  total: { amount: number; currency: string };
  lines: PurchaseLine[];
}

export interface ReturnAsked {
  occurredAt: string;
  lines?: { line: string; quantity?: number; amount?: number }[];
  exchange?: PurchaseAsked;
}

export class Shoppers {
  private readonly draw: () => number;
  private readonly shoppers: Shopper[];
  private readonly byMember: Map<string, Shopper>;
  private readonly stepMs: number;
  private made = 0;

  constructor(
    private readonly seed: number,
    members: readonly string[],
    private readonly callers: Callers,
    options: { operations: number; now: number },
  ) {
    this.draw = drawsOf(seed);
    const at = options.now - FIRST_DAYS_AGO * DAY_MS;
    this.shoppers = members.map((member) => ({ member, at, bought: [], holds: [] }));
    this.byMember = new Map(this.shoppers.map((each) => [each.member, each]));
    // The busiest member has several times as many operations as the others.
    const most = (8 * options.operations) / members.length;
    this.stepMs = ((FIRST_DAYS_AGO - LAST_DAYS_AGO) * DAY_MS) / most;
  }

  /** One operation, or several lines of one bulk request. */
  next(): Asked[] {
    const shopper = this.pick(this.shoppers, this.draw() ** 1.5);
    const kind = this.kind(shopper);
    if (kind !== 'line') return [this.asked(kind, shopper)];
    const caller = this.pick(this.callers.retailers);
    const count = 2 + Math.floor(this.draw() * 6);
    return Array.from({ length: count }, () =>
      this.purchase(kind, this.pick(this.shoppers), caller),
    );
  }

  /** Takes in what an answer makes possible. */
  learn({ kind, member, body, caller }: Asked, { status, facts }: Told): void {
    const shopper = this.byMember.get(member);
    if (shopper === undefined || status >= 300) return;
    const purchase = (kind === 'exchange' ? (body as ReturnAsked).exchange : body) as PurchaseAsked;
    const id = kind === 'exchange' ? facts.exchange?.purchase : facts.purchase;
    if (kind === 'purchase' || kind === 'line' || kind === 'exchange') {
      shopper.bought.push({ id: id ?? '', caller, lines: purchase.lines });
      if (shopper.bought.length > KNOWN_MAX) shopper.bought.shift();
    }
    if (kind === 'hold') {
      shopper.holds.push({ id: facts.id ?? '', caller });
      if (shopper.holds.length > KNOWN_MAX) shopper.holds.shift();
    }
    // Some ended holds stay known, so that they are ended again.
    if ((kind === 'capture' || kind === 'release') && this.draw() < 0.9) {
      shopper.holds = shopper.holds.filter((hold) => hold.id !== facts.id);
    }
  }

  private kind({ bought, holds }: Shopper): Kind {
    let place = this.draw() * 100;
    const [kind = 'purchase'] = shares.find(([, share]) => (place -= share) < 0) ?? [];
    if (['return', 'exchange', 'hold'].includes(kind) && bought.length === 0) return 'purchase';
    if (['capture', 'release'].includes(kind) && holds.length === 0) return 'hold';
    return kind;
  }

  private asked(kind: Kind, shopper: Shopper): Asked {
    if (kind === 'purchase') {
      return this.purchase(kind, shopper, this.pick(this.callers.retailers));
    }
    if (kind === 'return' || kind === 'exchange') return this.return(kind, shopper);
    const id = { id: shopper.member };
    if (kind === 'hold') {
      const body = { member: id, reward: this.pick(rewards) };
      return this.operation(kind, shopper, this.pick(this.callers.retailers), body);
    }
    if (kind === 'adjust') {
      const points = Math.floor(this.draw() * 100) - 40 || 1;
      const body = { member: id, points, reason: 'goodwill' };
      return this.operation(kind, shopper, this.pick(this.callers.staff), body);
    }
    const hold = this.pick(shopper.holds);
    return {
      ...this.operation(kind, shopper, hold.caller, null),
      path: `/v1/redemptions/${hold.id}/${kind}`,
    };
  }

  private return(kind: 'return' | 'exchange', shopper: Shopper): Asked {
    // Brought back a moment later at the earliest: the purchase is known already.
    const bought = this.pick(shopper.bought);
    const place = Math.floor(this.draw() * bought.lines.length);
    const line = String(place);
    const { quantity = 1, amount = 1 } = bought.lines[place] ?? {};
    const share = this.draw();
    const pieces = 1 + Math.floor(this.draw() * quantity);
    const money = 1 + Math.floor((this.draw() * amount) / 3);
    const body: ReturnAsked = {
      occurredAt: this.time(shopper),
      ...(share < 0.35 && { lines: [{ line, quantity: pieces }] }),
      ...(share >= 0.35 && share < 0.55 && { lines: [{ line }] }),
      ...(share >= 0.55 && share < 0.75 && { lines: [{ line, amount: money }] }),
      ...(kind === 'exchange' && { exchange: this.basket(shopper) }),
    };
    return {
      ...this.operation(kind, shopper, bought.caller, body),
      path: `/v1/purchases/${bought.id}/returns`,
    };
  }

  private purchase(kind: 'purchase' | 'line', shopper: Shopper, caller: string): Asked {
    const body = { member: { id: shopper.member }, ...this.basket(shopper) };
    return this.operation(kind, shopper, caller, body);
  }

  private operation(kind: Kind, { member }: Shopper, caller: string, body: object | null): Asked {
    this.made += 1;
    const key = `money/${this.seed}/${this.made}`;
    return { what: 'asked', key, kind, caller, member, path: paths[kind], body };
  }

  private basket(shopper: Shopper): PurchaseAsked {
    const lines = Array.from({ length: 1 + Math.floor(this.draw() * 3) }, (): PurchaseLine => {
      const quantity = 1 + Math.floor(this.draw() * 4);
      const category = this.pick(categories);
      return { category, quantity, amount: quantity * Math.floor(10 ** (1 + this.draw() * 3)) };
    });
    const amount = lines.reduce((sum, line) => sum + line.amount, 0);
    return {
      reference: `till/${this.seed}/${this.made + 1}`,
      occurredAt: this.time(shopper),
      total: { amount, currency: 'GBP' },
      lines,
    };
  }

  /** A member's time goes forward, but some news of it come late. */
  private time(shopper: Shopper): string {
    shopper.at += this.stepMs * this.draw();
    const late = this.draw() < 0.03 ? this.draw() * 5 * DAY_MS : 0;
    return new Date(shopper.at - late).toISOString();
  }

  private pick<T>(from: readonly T[], place = this.draw()): T {
    const picked = from[Math.floor(place * from.length)];
    if (picked === undefined) throw new Error('There is nothing to pick from.');
    return picked;
  }
}

export const paths: Readonly<Record<Kind, string>> = {
  purchase: '/v1/purchases',
  line: '/v1/purchases/bulk',
  return: '',
  exchange: '',
  hold: '/v1/redemptions',
  capture: '',
  release: '',
  adjust: '/v1/adjustments',
};
