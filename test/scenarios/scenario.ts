/** Golden files: what a marketer configures, what members do, and what that earns and why. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { act } from '../../src/rules/act.js';
import type { Purchase, PurchaseLine, Traits } from '../../src/rules/purchase.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Outcome, PostingDraft, Standing } from '../../src/rules/outcome.js';
import { contextOf } from '../../src/rules/earning/decision.js';
import { progressOf } from '../../src/rules/standing/progress.js';
import { whole } from '../../src/rules/standing/tally.js';
import { standingOf } from '../../src/tiers/standing.js';
import { dayText } from '../../src/tiers/words.js';
import type { MemberState } from '../../src/rules/state.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { explain } from '../../src/programmes/explain.js';
import { aProgrammeDocument } from '../support/programme.js';
import { aMember, memberOf } from '../support/state.js';

type Basket = Record<string, number | string | LineWords | LineWords[]>;

interface LineWords {
  /** Major units. */
  amount: number | string;
  quantity?: number;
  tax?: number | string;
  sku?: string;
  brand?: string;
  description?: string;
  merchantCategoryCode?: string;
}

export interface Step {
  /** RFC 3339. */
  at: string;
  /** When it reaches the engine, if not at once. */
  arrives?: string;
  /** Amounts by category. */
  buys?: Basket;
  /** A kind of activity. */
  does?: string;
  /** Brings back lines of an earlier purchase, named by its place among the steps, from 1. */
  returns?: {
    step: number;
    lines?: { line: number; quantity?: number; amount?: number | string }[];
  };
  /** Code of a reward, held and captured at once. */
  redeems?: string;
  /** Time passes, and reviews that are due are posted. */
  waits?: true;
  /** A tier is given by hand, until an instant. */
  gives?: { tier: string; until: string };
  location?: string;
  channel?: string;
  retailer?: string;
  /** Amounts by kind of tender. */
  paidBy?: Record<string, number | string>;
  /** What the engine knows of the member then. */
  traits?: Traits;
  /** Exact points of this step, as an expression; left out = none. */
  points?: string | number;
  /** What each rule says, by its id; `tier` and `all` are no rules. */
  why?: Record<string, string>;
  /** What a late step changes in steps before it, by their places, from 1. */
  corrects?: Record<string, string | number>;
  /** The tier afterwards. */
  tier?: string;
  /** What a standing says afterwards. */
  standing?: Partial<StandingWords>;
}

export interface StandingWords {
  /** Why the member stands where they do, as the last step of their history says. */
  because: string;
  /** What is missing to the next tier, by the way with least to go. */
  missing: number;
  /** What is missing to keep the tier, by the way with least to go. */
  missingToKeep: number;
  /** The local day that ends when the tier is reviewed, or its grace ends. */
  keptUntil: string;
  atRisk: boolean;
  inGrace: boolean;
  /** The day until which the tier goes with a return. */
  provisionalUntil: string;
  /** Worth of the tier's benefits in a year, in major units. */
  worth: number;
}

export interface Scenario {
  scenario: string;
  /** Features of the document it is about. */
  shows: string[];
  /** When the member enrolled, RFC 3339; left out = long ago. */
  enrolled?: string;
  /** Parts of the document that differ from the usual one. */
  programme?: Partial<ProgrammeDocument>;
  story: Step[];
  /** What to take out of the document so that the story ends differently, as `earningRules/weekend`. */
  without: string;
  /** Why ours differs from a peer's worked example. */
  differs?: string;
}

export interface Told extends Scenario {
  file: string;
}

/** From the root of the project, which tests start in; a bundle of them has no place of its own. */
const folder = 'test/scenarios';

/** Every scenario of every file. */
export function scenarios(): Told[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((file) =>
      (parse(readFileSync(join(folder, file), 'utf8')) as Scenario[]).map((each) => ({
        ...each,
        file,
      })),
    );
}

export function documentOf({ programme = {} }: Scenario): ProgrammeDocument {
  return aProgrammeDocument({ rewards: [], ...programme });
}

/** The document with one part taken out of it, found by its codes and places. */
export function documentWithout(scenario: Scenario): ProgrammeDocument {
  const document = structuredClone(documentOf(scenario));
  const steps = scenario.without.split('/');
  const last = steps.pop() ?? '';
  let part: unknown = document;
  for (const step of steps) part = inside(part, step);
  if (Array.isArray(part)) part.splice(placeIn(part, last), 1);
  else if (typeof part === 'object' && part !== null && last in part) {
    Reflect.deleteProperty(part, last);
  } else throw new Error(`There is no ${scenario.without} to take out.`);
  return document;
}

function inside(part: unknown, step: string): unknown {
  if (Array.isArray(part)) return part[placeIn(part, step)] as unknown;
  return (part as Record<string, unknown>)[step];
}

function placeIn(list: readonly unknown[], name: string): number {
  const place = list.findIndex((each) => {
    const { id, code, kind, period } = each as Record<string, unknown>;
    return [id, code, kind, period].includes(name);
  });
  if (place === -1 && !/^\d+$/.test(name)) throw new Error(`There is no ${name} in a list.`);
  return place === -1 ? Number(name) : place;
}

export interface Answer {
  billionths: bigint;
  /** By the places of the steps that are corrected. */
  corrects: Record<string, bigint>;
  why: Record<string, string>;
  tier: string;
  standing: StandingWords;
}

/** Plays a story on the core and tells what each step came to. */
export function play(document: ProgrammeDocument, { story, enrolled }: Scenario): Answer[] {
  const programme = compileProgramme(document, { no: 1, effectiveAt: 0 });
  const purchases = new Map<number, number>();
  const enrolledAt = enrolled === undefined ? 0 : Date.parse(enrolled);
  let member: MemberState = { ...aMember({ enrolledAt }), history: [], purchases: new Map() };
  const steps: Standing[] = [];
  return story.map((step, index) => {
    const outcome = doStep(programme, member, step, purchases);
    if (outcome.refusal !== undefined) {
      throw new Error(`Step ${String(index + 1)} is refused: ${outcome.refusal.code}`);
    }
    member = memberOf(outcome);
    const posting = outcome.postings.at(-1);
    if (posting === undefined && step.waits === undefined) throw new Error('A step is posted.');
    if (posting !== undefined) purchases.set(index + 1, posting.seq);
    for (const { standing } of outcome.postings) if (standing !== undefined) steps.push(standing);
    const now = Date.parse(step.arrives ?? step.at);
    return {
      ...answerOf(posting, programme),
      tier: member.tier,
      corrects: corrected(outcome, purchases),
      standing: wordsOf(programme, member, steps, now),
    };
  });
}

function corrected(
  { postings }: Outcome,
  purchases: ReadonlyMap<number, number>,
): Answer['corrects'] {
  const corrects: Answer['corrects'] = {};
  for (const { kind, subjectSeq, billionths } of postings) {
    if (kind !== 'correct') continue;
    const [step] = [...purchases].find(([, seq]) => seq === subjectSeq) ?? [];
    corrects[String(step)] = (corrects[String(step)] ?? 0n) + billionths;
  }
  return corrects;
}

/** What a standing would say at an instant. */
function wordsOf(
  programme: Programme,
  member: MemberState,
  steps: readonly Standing[],
  now: number,
): StandingWords {
  const { tally, keeping, point } = progressOf(programme, contextOf(member), now);
  const { next, tier } = standingOf(programme, { ...member, tier: point.held }, tally);
  const reached = steps.findLast(
    ({ tier: code, why }) => code === point.held && why.code === 'threshold_reached',
  );
  const day = (instant: number | undefined): string =>
    instant === undefined ? '' : dayText(programme, instant);
  const { way, missing } = keeping?.nearest ?? { way: undefined, missing: 0n };
  const { benefits = [] } = programme.tiers.find(({ code }) => code === tier.code) ?? {};
  return {
    because: steps.at(-1)?.why.code ?? '',
    missing: next?.missing ?? 0,
    missingToKeep: way === undefined ? 0 : whole(way.metric, missing),
    keptUntil: day(keeping?.at),
    atRisk: keeping?.isAtRisk ?? false,
    inGrace: keeping?.isInGrace ?? false,
    provisionalUntil: day(reached?.why.until),
    worth: benefits.reduce((sum, { valueMinor }) => sum + valueMinor, 0) / 100,
  };
}

function answerOf(
  posting: PostingDraft | undefined,
  programme: Programme,
): Pick<Answer, 'billionths' | 'why'> {
  if (posting === undefined) return { billionths: 0n, why: {} };

  const why: Record<string, string> = {};
  for (const item of explain(posting.explanation, programme)) {
    if (item.rule !== null) why[item.rule] ??= item.code;
  }
  return { billionths: posting.billionths, why };
}

function doStep(
  programme: Programme,
  member: MemberState,
  step: Step,
  purchases: ReadonlyMap<number, number>,
): Outcome {
  const occurredAt = Date.parse(step.at);
  const at = Date.parse(step.arrives ?? step.at);
  const versions = { version: () => programme, at: () => programme };
  if (step.returns !== undefined) {
    const { step: of, lines } = step.returns;
    const purchase = purchases.get(of);
    if (purchase === undefined) throw new Error('What is returned was bought in an earlier step.');
    const asked = lines?.map(({ amount, ...line }) => ({
      ...line,
      ...(amount !== undefined && { amount: minor(amount) }),
    }));
    const action = { kind: 'return', at, occurredAt, purchase, lines: asked, versions } as const;
    return act(programme, { members: [member] }, action);
  }
  if (step.waits !== undefined)
    return act(programme, { members: [member] }, { kind: 'settle', at });
  if (step.gives !== undefined) {
    const { tier, until } = step.gives;
    const requester = { id: 'staff', memberId: null };
    const given = { tier, until: Date.parse(until), reason: 'goodwill', requester };
    return act(programme, { members: [member] }, { kind: 'grant', at, ...given });
  }
  if (step.redeems !== undefined) {
    const hold = { kind: 'hold', at, retailer: 'shop', reward: step.redeems } as const;
    const held = act(programme, { members: [member] }, hold);
    if (held.refusal !== undefined) return held;
    const redemption = memberOf(held).version;
    return act(programme, held.state, { kind: 'capture', at, redemption });
  }
  const purchase = purchaseOf(step);
  const action = { kind: 'accrue', at, occurredAt, purchase, versions } as const;
  return act(programme, { members: [member] }, action);
}

function purchaseOf({ buys = {}, does, paidBy = {}, ...step }: Step): Purchase {
  const lines = Object.entries(buys).flatMap(([category, words]) =>
    (Array.isArray(words) ? words : [words]).map((line) => lineOf(category, line)),
  );
  const tenders = Object.entries(paidBy).map(([kind, amount]) => ({ kind, amount: minor(amount) }));
  const { location, channel, retailer = 'shop', traits } = step;
  const activity = does === undefined ? undefined : { kind: does };
  return { lines, tenders, location, channel, retailer, traits, activity };
}

function lineOf(category: string, words: number | string | LineWords): PurchaseLine {
  const line = typeof words === 'object' ? words : { amount: words };
  const { amount, tax = 0, quantity = 1, ...rest } = line;
  return { category, quantity, amount: minor(amount), tax: minor(tax), ...rest };
}

/** Pence of pounds. */
function minor(amount: number | string): number {
  const pence = Math.round(Number(amount) * 100);
  if (Math.abs(pence - Number(amount) * 100) > 1e-6) throw new Error(`${amount} is no money.`);
  return pence;
}
