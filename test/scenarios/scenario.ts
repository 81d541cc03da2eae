/** Golden files: what a marketer configures, what members do, and what that earns and why. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { act } from '../../src/rules/act.js';
import type { Profile } from '../../src/rules/purchase.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Outcome, PostingDraft, Standing } from '../../src/rules/outcome.js';
import { minor, purchaseOf, type Happens } from './baskets.js';
import { aClaim, newcomer } from './newcomers.js';
import { wordsOf, type StandingWords } from './standing.js';
import { blockOf } from '../../src/rules/partners/terms.js';
import type { MemberState, State } from '../../src/rules/state.js';
import { withTraits } from '../../src/rules/traits.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { explain } from '../../src/programmes/explain.js';
import { aProgrammeDocument } from '../support/programme.js';
import { Left, type Others } from '../support/limits.js';
import { convert, type Converting } from './converting.js';
import { expire, type Expiring } from './expiring.js';
import { redeem } from './redeeming.js';

export interface Step extends Happens, Converting, Expiring {
  /** RFC 3339. */
  at: string;
  /** When it reaches the engine, if not at once. */
  arrives?: string;
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
  grants?: { tier: string; until: string };
  /** Brings a coupon of a kind, or one that activates an offer. */
  coupon?: string;
  activates?: string;
  /** Uses the voucher of an earlier step, on a purchase that costs so much. */
  uses?: { step: number; costs?: number | string };
  /** What time does to the voucher of an earlier step. */
  lapses?: { step: number };
  /** Points that are there afterwards, spent ones not counted. */
  leaves?: string | number;
  /** Who does it; the same member when left out everywhere. */
  who?: string;
  /** Points to another member. */
  gives?: { to: string; points: number };
  /** Points for pounds, taken by a shop. */
  buysPoints?: { points: number; paid: number | string };
  /** Gives back points bought in an earlier step, named by its place, from 1. */
  refunds?: number;
  /** Says at enrolment who referred the member; that alone gives nobody anything. */
  claims?: string;
  /** What the programme does by itself about the claim of the member. */
  looks?: boolean;
  /** Exact points that the other member of the step gets, as an expression. */
  receives?: string | number;
  /** What other members got by offers before it, by their codes. */
  others?: Record<string, Others>;
  /** Exact points of this step, as an expression. */
  points?: string | number;
  /** What each rule says, by its id; `tier` and `all` are no rules. */
  why?: Record<string, string>;
  /** What a late step changes in steps before it, by their places, from 1. */
  corrects?: Record<string, string | number>;
  /** The tier afterwards. */
  tier?: string;
  /** A partner pays for points of its block, and what waits of an earlier step is awarded. */
  pays?: { partner: string; points: number; awards: number };
  /** Whole points that each partner pays for by this step; negative = gets back. */
  funded?: Record<string, number>;
  /** What is left of the block of each partner afterwards. */
  left?: Record<string, number>;
  /** Code with which it is refused. */
  refused?: string;
  /** What a standing says afterwards. */
  standing?: Partial<StandingWords>;
}

export interface Scenario {
  scenario: string;
  /** Features of the document it is about. */
  shows: string[];
  /** Parts of the document that differ from the usual one. */
  programme?: Partial<ProgrammeDocument>;
  /** Who the story is about, where segments ask. */
  member?: { joined?: string; by?: string } & Partial<Profile>;
  /** Points that partners have paid for beforehand. */
  blocks?: Record<string, number>;
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
      (parse(readFileSync(join(folder, file), 'utf8'), { merge: true }) as Scenario[]).map(
        (each) => ({
          ...each,
          file,
        }),
      ),
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
  /** Of the other member of the step. */
  receives?: bigint;
  funded: Record<string, number>;
  left: Record<string, number>;
  refused: string | undefined;
  standing?: StandingWords;
  leaves: number;
}

/** Plays a story on the core and tells what each step came to. */
export function play(
  document: ProgrammeDocument,
  { story, member: known = {}, blocks = {} }: Pick<Scenario, 'story' | 'member' | 'blocks'>,
): Answer[] {
  const programme = compileProgramme(document, { no: 1, effectiveAt: 0 });
  const purchases = new Map<number, number>();
  const { joined, by, ...profile } = known;
  const fresh = (name: string): MemberState => ({
    ...newcomer(name),
    profile: { persona: undefined, birthMonth: undefined, preferences: [], ...profile },
    ...(joined !== undefined && { enrolledAt: Date.parse(joined) }),
    enrolledBy: by,
  });
  const members = new Map<string, MemberState>();
  const told: Standing[] = [];
  const claims = new Map<string, string>();
  const left = new Left(programme);
  for (const [code, points] of Object.entries(blocks)) left.set(blockOf(code), points);
  const roomsOf = (): Record<string, number> =>
    Object.fromEntries(
      Object.keys(blocks).map((code) => [code, left.get(blockOf(code)) ?? 0] as const),
    );
  return story.map((step, index) => {
    const place = {
      occurredAt: Date.parse(step.at),
      ...(step.location && { location: step.location }),
    };
    left.useByOthers(step.others ?? {}, place);
    const claimed = claims.get(step.who ?? '');
    const other = step.gives?.to ?? (step.looks === true ? claimed : undefined);
    const who = [step.who ?? '', ...(other === undefined ? [] : [other])];
    const [member, ...others] = who.map((name) => members.get(name) ?? fresh(name));
    if (member === undefined) throw new Error("A step is somebody's.");
    const nothing = { billionths: 0n, corrects: {}, why: {}, tier: member.tier, funded: {} };
    if (step.claims !== undefined) {
      claims.set(step.who ?? '', step.claims);
      members.set(step.who ?? '', { ...member, referral: aClaim(programme, Date.parse(step.at)) });
      return { ...nothing, left: roomsOf(), refused: undefined, leaves: member.points };
    }
    if (step.pays !== undefined) left.add(blockOf(step.pays.partner), step.pays.points);
    const outcome = doStep(programme, { members: [member, ...others], left }, step, purchases);
    for (const { shared = [] } of outcome.postings) left.use(shared);
    outcome.state.members.forEach((each, no) => members.set(who[no] ?? '', each));
    const posting = outcome.postings.at(-1);
    const refused = outcome.refusal?.code;
    told.push(...outcome.postings.flatMap(({ standing }) => standing ?? []));
    const now = Date.parse(step.arrives ?? step.at);
    const standing = wordsOf(programme, outcome.state.members[0] ?? member, told, now);
    if (posting === undefined || refused !== undefined) {
      return { ...nothing, standing, left: roomsOf(), refused, leaves: leavesOf(outcome) };
    }
    purchases.set(index + 1, posting.seq);
    if (step.buys !== undefined) remember(members, who[0] ?? '', posting.seq);
    return {
      ...answerOf(posting, programme),
      corrects: corrected(outcome, purchases),
      standing,
      receives: receivedBy(outcome),
      funded: fundedBy(outcome),
      left: roomsOf(),
      refused: undefined,
      leaves: leavesOf(outcome),
    };
  });
}

/** What the other member of a step gets, exactly. */
const receivedBy = ({ postings }: Outcome): bigint =>
  postings.filter(({ member }) => member > 0).reduce((sum, { billionths }) => sum + billionths, 0n);

/** What transfers ask: that a purchase opened the lot of that number. */
function remember(members: Map<string, MemberState>, who: string, seq: number): void {
  const member = members.get(who) ?? newcomer(who);
  members.set(who, { ...member, earned: new Set([...(member.earned ?? []), seq]) });
}

function fundedBy({ postings }: Outcome): Record<string, number> {
  const funded: Record<string, number> = {};
  for (const { debit, credit, amount } of postings.flatMap(({ entries }) => entries)) {
    for (const [account, sign] of [
      [debit, 1],
      [credit, -1],
    ] as const) {
      if (!account.startsWith('partner:')) continue;
      const code = account.slice('partner:'.length);
      funded[code] = (funded[code] ?? 0) + sign * amount;
    }
  }
  return funded;
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

const leavesOf = ({ state }: Outcome): number => state.members[0]?.points ?? 0;

function answerOf(
  posting: PostingDraft,
  programme: Programme,
): Pick<Answer, 'billionths' | 'why' | 'tier'> {
  const why: Record<string, string> = {};
  for (const item of explain(posting.explanation, programme, true)) {
    if (item.rule !== null) why[item.rule] ??= item.code;
  }
  return { billionths: posting.billionths, why, tier: posting.after.tier };
}

function doStep(
  programme: Programme,
  state: State,
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
    return act(programme, state, action);
  }
  if (step.buysPoints !== undefined) {
    const { points, paid } = step.buysPoints;
    return act(programme, state, { kind: 'sell', at, points, paid: minor(paid) });
  }
  if (step.refunds !== undefined)
    return refundIn(programme, state, at, purchases.get(step.refunds));
  const redeemed =
    convert(programme, state, step, at) ??
    expire(programme, state, step, at) ??
    redeem(programme, state, step, { at, numbers: purchases });
  if (redeemed !== undefined) return redeemed;
  if (step.looks === true) {
    if (state.members[0]?.referral === undefined)
      throw new Error('Somebody claimed a code before.');
    return act(programme, state, { kind: 'refer', at, versions });
  }
  if (step.pays !== undefined) {
    const purchase = purchases.get(step.pays.awards) ?? 0;
    return act(programme, state, { kind: 'award_waiting', at, purchase, versions });
  }
  if (step.gives !== undefined) {
    return act(programme, state, { kind: 'transfer', at, points: step.gives.points });
  }
  if (step.waits === true) return act(programme, state, { kind: 'settle', at });
  if (step.grants !== undefined) {
    const { tier, until } = step.grants;
    const requester = { id: 'staff', memberId: null };
    const given = { tier, until: Date.parse(until), reason: 'goodwill', requester };
    return act(programme, state, { kind: 'grant', at, ...given });
  }
  const posted = purchaseOf(step);
  const luck = (code: string): number => (step.luck?.[code] ?? 1) * 1_000_000;
  const purchase =
    posted.traits === undefined
      ? withTraits(programme, listed(state.members[0], step), posted, {
          ...{ at, occurredAt, luck, groups: step.groups },
        })
      : posted;
  const action = { kind: 'accrue', at, occurredAt, purchase, versions } as const;
  return act(programme, state, action);
}

const listed = (member: MemberState | undefined, { lists }: Step): MemberState | undefined =>
  member === undefined ? undefined : { ...member, lists: new Set(lists) };

function refundIn(
  programme: Programme,
  state: State,
  at: number,
  seq: number | undefined,
): Outcome {
  const lot = state.members[0]?.lots?.find((each) => each.seq === seq);
  const sale = { seq: seq ?? 0, at: lot?.accruedAt ?? at, points: lot?.amount ?? 0 };
  return act(programme, state, { kind: 'refund_sale', at, sale, soldBy: programme });
}
