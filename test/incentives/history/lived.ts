/** Lives of members made up at random, decided by the core and written down as the ledger does. */
import fc from 'fast-check';
import { sideOf } from '../../../src/incentives/lives/player.js';
import { withSilence } from '../../../src/incentives/lives/silence.js';
import { dueOf } from '../../../src/rules/expiry/silent.js';
import type { Life, Recorded } from '../../../src/incentives/lives/recorded.js';
import { compactEffects, type CompactEffects } from '../../../src/ledger/posting.js';
import { act, type Action } from '../../../src/rules/act.js';
import type { Explanation } from '../../../src/rules/explanation.js';
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import type { Programme } from '../../../src/rules/programme.js';
import type { Purchase } from '../../../src/rules/purchase.js';
import type { HeldLot, MemberState } from '../../../src/rules/state.js';
import { DAY, HOUR, aMember, memberOf } from '../../support/state.js';

export const BEGIN = Date.UTC(2026, 2, 20, 11);

export type Doing =
  | { do: 'buy'; lines: { category: string; amount: number; quantity: number }[]; ago: number }
  | { do: 'return'; which: number; part: number | null; ago: number }
  | { do: 'hold'; reward: string }
  | { do: 'end'; which: number; how: 'capture' | 'release' }
  | { do: 'adjust'; points: number }
  /** Staff clear what is withheld of the newest purchase or one before. */
  | { do: 'clear'; which: number }
  | { do: 'grant'; tier: string; days: number }
  | { do: 'wait'; ms: number }
  /** Points go by silence of which the member was told all. */
  | { do: 'go' };

const line = fc.record({
  category: fc.constantFrom('garden', 'home', 'delivery'),
  amount: fc.integer({ min: 0, max: 40_000 }),
  quantity: fc.integer({ min: 1, max: 3 }),
});

const ago = fc.constantFrom(0, 0, 0, HOUR, DAY, 6 * DAY, 20 * DAY, 40 * DAY);

export const anyDoing: fc.Arbitrary<Doing> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
      ago,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('return' as const),
      which: fc.nat(99),
      part: fc.option(fc.integer({ min: 1, max: 4 })),
      ago,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      reward: fc.constantFrom('tea', 'voucher', 'visit'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.constantFrom(0, 0, 1, 2),
      how: fc.constantFrom('capture' as const, 'capture' as const, 'release' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('adjust' as const),
      points: fc.constantFrom(40, 100, -20),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('clear' as const), which: fc.nat(2) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      tier: fc.constant('silver'),
      days: fc.integer({ min: 1, max: 90 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(HOUR, 5 * HOUR, DAY, DAY, 8 * DAY, 35 * DAY, 70 * DAY),
    }),
  },
);

/** The same, where categories, rewards and tiers are those of a programme. */
export function doingIn({ categories, rewards, tiers }: ProgrammeDocument, doing: Doing): Doing {
  const [names, prizes] = [
    ['garden', 'home', 'delivery'],
    ['tea', 'voucher', 'visit'],
  ];
  if (doing.do === 'buy') {
    const lines = doing.lines.map((each) => ({
      ...each,
      category: categories[names.indexOf(each.category)]?.code ?? '',
    }));
    return { ...doing, lines };
  }
  if (doing.do === 'grant') return { ...doing, tier: tiers[1]?.code ?? '' };
  if (doing.do !== 'hold') return doing;
  return { ...doing, reward: rewards[prizes.indexOf(doing.reward)]?.code ?? '' };
}

/** Who lives through it, from nothing. */
export class Person {
  readonly postings: Recorded[] = [];
  now = BEGIN;
  member: MemberState;
  private readonly reserved = new Map<number, readonly HeldLot[]>();
  private readonly versions;

  constructor(
    private readonly programme: Programme,
    readonly memberId = '00000000-0000-4000-8000-000000000001',
  ) {
    this.versions = { at: () => programme, version: () => programme };
    this.member = aMember({ memberId, enrolledAt: BEGIN, history: [], purchases: new Map() });
  }

  get life(): Life {
    const profile = { persona: undefined, birthMonth: undefined, preferences: [] };
    const { memberId, postings } = this;
    return { known: { memberId, enrolledAt: BEGIN, enrolledBy: undefined, profile }, postings };
  }

  does(doing: Doing): void {
    if (doing.do === 'wait') this.now += doing.ms;
    const action = this.actionOf(doing);
    if (action !== undefined) this.act(action);
  }

  /** Somebody else at the very beginning. */
  again(): Person {
    return new Person(this.programme);
  }

  /** Buys something; returns the number of the purchase. */
  buys(category: string, amount: number): number {
    this.does({ do: 'buy', lines: [{ category, amount, quantity: 1 }], ago: 0 });
    return this.member.version;
  }

  private actionOf(doing: Doing): Action | undefined {
    const { now: at, versions } = this;
    const requester = { id: 'staff', memberId: null };
    switch (doing.do) {
      case 'buy': {
        const lines = doing.lines.map((each) => ({ ...each, tax: 0 }));
        const occurredAt = at - doing.ago;
        const captured = this.member.redemptions?.find(({ state }) => state === 'captured');
        const isUsed = captured?.purchaseSeq === undefined && captured !== undefined;
        const redemptions = isUsed && lines.length > 1 ? [captured.seq] : [];
        const purchase = { lines, tenders: [], retailer: 'shop' };
        const named = { redemptions, retailer: 'shop' };
        return { kind: 'accrue', at, occurredAt, purchase, versions, ...named };
      }
      case 'return': {
        const all = [...(this.member.purchases ?? [])];
        const [purchase, bought] = all[all.length - 1 - (doing.which % all.length)] ?? [];
        const [first] = bought?.lines ?? [];
        if (purchase === undefined || first === undefined) return undefined;
        const occurredAt = at - doing.ago;
        const part = doing.part;
        const lines = part === null ? undefined : [partOf(first.amount, part)];
        return { kind: 'return', at, occurredAt, purchase, lines, versions };
      }
      case 'hold':
        return { kind: 'hold', at, retailer: 'shop', reward: doing.reward };
      case 'end': {
        const all = this.member.redemptions ?? [];
        const redemption = all[all.length - 1 - (doing.which % all.length)]?.seq;
        return redemption === undefined ? undefined : { kind: doing.how, at, redemption, versions };
      }
      case 'adjust':
        return { kind: 'adjust', at, points: doing.points, reason: 'goodwill', requester };
      case 'clear': {
        const all = [...(this.member.purchases?.keys() ?? [])];
        const event = all[all.length - 1 - (doing.which % all.length)];
        if (event === undefined) return undefined;
        return { kind: 'clear', at, event, awarding: this.programme, requester };
      }
      case 'grant': {
        const { tier, days } = doing;
        return { kind: 'grant', at, tier, until: at + days * DAY, reason: 'goodwill', requester };
      }
      case 'go':
        return { kind: 'expire', at, until: at };
      case 'wait':
        return undefined;
    }
  }

  private act(action: Action): void {
    const redemptions = this.member.redemptions?.map((each) =>
      each.state === 'captured' ? { ...each, lots: this.reserved.get(each.seq) ?? [] } : each,
    );
    const limits = new Map([
      ['adjust/user/staff', 0],
      [`adjust/member/${this.memberId}`, 0],
    ]);
    const { left } = sideOf(this.programme, () => this.programme);
    const member = { ...this.member, redemptions };
    const known = action.kind === 'expire' ? told(this.programme, member) : member;
    const state = { members: [known], limits, left, rest: left };
    const outcome = act(this.programme, state, action);
    if (outcome.refusal?.pointer !== undefined) return;
    this.member = memberOf(outcome);
    const hold = this.member.redemptions?.find(({ seq }) => seq === this.member.version);
    if (hold?.state === 'held') this.reserved.set(hold.seq, hold.lots);
    for (const draft of outcome.postings) {
      const bought = draft.kind === 'accrue' && action.kind === 'accrue' ? action.purchase : null;
      this.postings.push(written(draft, this.now, bought ?? undefined));
    }
  }
}

/** The member with what is read before points go by silence: all was told when the last act was. */
function told(programme: Programme, member: MemberState): MemberState {
  const known = withSilence(programme, { ...member, expired: member.expired ?? [] });
  const of = known.lots?.flatMap((lot) => dueOf(programme.timeZone, known, lot) ?? []) ?? [];
  const by = { notice: 1, upTo: member.version, evidence: 'email', at: BEGIN } as const;
  return { ...known, told: of.map((due) => ({ ...due, ...by })) };
}

/** A posting as it is stored and read again. */
function written(
  draft: Parameters<typeof compactEffects>[0],
  recordedAt: number,
  purchase: Purchase | undefined,
): Recorded {
  const { seq, kind, subjectSeq, versionNo, occurredAt, after } = draft;
  const stored = JSON.stringify([draft.explanation, compactEffects(draft)]);
  const [explanation, effects] = JSON.parse(stored) as [Explanation, CompactEffects];
  const row = { seq, kind, subjectSeq, versionNo, occurredAt, recordedAt, after };
  return { ...row, explanation, effects, purchase };
}

const partOf = (amount: number, part: number): { line: number; amount: number } => ({
  line: 0,
  amount: Math.max(1, Math.floor(amount / part)),
});
