/** People who buy, honestly or not, posted through the API in bulk. */
import { randomUUID } from 'node:crypto';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { expected, type Api } from '../support/api.js';
import { DAY_MS, MINUTE_MS } from '../support/clock.js';
import { apiProgramme } from '../support/server.js';

export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** With a bonus from 20.00 on, an offer of three days, friends, and a partner. */
export const townProgramme = (now: number): ProgrammeDocument => {
  const { earningRules, ...rest } = apiProgramme();
  return {
    ...rest,
    tiers: rest.tiers.map((tier) => (tier.threshold === 0 ? tier : { ...tier, threshold: 1_000 })),
    earningRules: [
      ...earningRules,
      {
        ...{ kind: 'per_purchase', id: 'visit', name: 'For a visit', points: 20 },
        ...{ minimumAmount: 2_000, caps: [{ period: 'day', points: 20 }], coolDownHours: 12 },
      },
    ],
    offers: [
      {
        ...{ code: 'sale', name: 'Three days', audience: { kind: 'all' } },
        ...{ from: dayOf(now - 14 * DAY_MS), until: dayOf(now - 11 * DAY_MS) },
        pays: { kind: 'per_amount', rate: '0.2' },
      },
    ],
    partners: [{ code: 'corner', kind: 'partner', terms: { kind: 'postpaid', price: '1' } }],
    referral: {
      ...{ friendPoints: 20, referrerPoints: 30, minimumAmount: 2_000, claimDays: 7 },
      ...{ qualifyDays: 90, caps: { month: 5, year: 20, lifetime: 40 }, budget: 1_000 },
      takeBackDays: 60,
    },
    returnWindowDays: 0,
  };
};

export interface Bought {
  member: string;
  /** Days before, and minutes after noon. */
  daysAgo: number;
  minute?: number;
  amount: number;
  location?: string;
}

/** Somebody who sells, and the people they know. */
export class Town {
  constructor(
    readonly shop: Api,
    readonly now: number,
  ) {}

  async people(count: number, fields: Parameters<Api['enrol']>[0] = {}): Promise<string[]> {
    const found: string[] = [];
    while (found.length < count) {
      const more = Math.min(10, count - found.length);
      const batch = Array.from({ length: more }, () => this.shop.enrol(fields));
      found.push(...(await Promise.all(batch)));
    }
    return found;
  }

  at(daysAgo: number, minute = 0): string {
    const noon = Math.floor((this.now - daysAgo * DAY_MS) / DAY_MS) * DAY_MS + DAY_MS / 2;
    return new Date(noon + minute * MINUTE_MS).toISOString();
  }

  /** Books all of them; returns the ids of the purchases, in order. */
  async sell(bought: readonly Bought[], shop: Api = this.shop): Promise<string[]> {
    const lines = bought.map(({ member, daysAgo, minute, amount, location }) =>
      JSON.stringify({
        ...{ idempotencyKey: randomUUID(), reference: randomUUID(), member: { id: member } },
        occurredAt: this.at(daysAgo, minute),
        total: { amount, currency: 'GBP' },
        lines: [{ category: 'home', quantity: 1, amount }],
        location: location ?? `shop of ${member}`,
      }),
    );
    const answer = await fetch(`${shop.url}/v1/purchases/bulk`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${shop.credential ?? ''}`,
        'content-type': 'application/x-ndjson',
      },
      body: lines.join('\n'),
    });
    const text = await answer.text();
    const answers = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: number; purchase?: string });
    const refused = answers.filter(({ status }) => status !== 201);
    if (refused.length > 0) throw new Error(JSON.stringify(refused[0]));
    return answers.map(({ purchase }) => String(purchase));
  }

  async bringBack(purchases: readonly string[]): Promise<void> {
    const occurredAt = this.at(1);
    for (const purchase of purchases) {
      expected(await this.shop.post(`/v1/purchases/${purchase}/returns`, { occurredAt }), 201);
    }
  }

  /** The code by which a member refers friends. */
  async codeOf(member: string): Promise<string> {
    const own = await this.shop.asMember(member);
    return expected(await own.get<{ code: string }>('/v1/me/referrals'), 200).code;
  }
}
