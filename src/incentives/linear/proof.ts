/**
 * What is proved of a programme: either members can take more than its owner means, or there is a list
 * of prices by which no sequence of acts does, however long it is.
 */
import { auditOf, CHECKS, proved, worstFirst, type Audited, type Progress } from '../audit.js';
import type { Check, Finding, Found } from '../finding.js';
import { worksAgain } from '../relations/known.js';
import { subjectOf, type Subject } from '../subject.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import { assumptionsOf, gapsOf } from './coverage.js';
import { limitWorthsOf, slackByProof, type LimitWorth } from '../limit-worths.js';
import { poolSharesOf, type PoolShares } from '../pool-shares.js';
import { tierPricesOf, type TierPrice } from '../tier-prices.js';
import { driversOf, yearOf, type Driver, type Plan } from './plan.js';
import { asMinor, boundAt, mostGained, pricesOf, WHOLE, type Prices } from './prices.js';
import { pumped } from './pump.js';
import { solver } from './solver.js';
import { tableOf, type Table } from './table.js';
import { seeded } from './seeded.js';
import { tryOut, type Tried } from './trial.js';

export interface Price {
  what: string;
  /** Minor units, rounded up to a millionth. */
  minor: number;
}

export interface Proof {
  /** `proved` and `refuted` are for ever; `open` says that it was not found out, and why. */
  status: 'proved' | 'refuted' | 'open';
  /** Why it is not proved; empty = it is. */
  reasons: readonly string[];
  /** The part of what is spent that is meant to go back, 0 to below 1. */
  share: number;
  /** Minor units beyond that, of one household in a calendar year: at most, and as declared. */
  most: number | undefined;
  allowance: number;
  /** What a point, and one more of everything that is limited, is worth at most. */
  prices: readonly Price[];
  /** What the most comes from. */
  drivers: readonly Driver[];
  /** Under which all this holds, in words. */
  assumptions: readonly string[];
  /** Acts, and random steps, that it was held against. */
  columns: number;
  steps: number;
  seed: number;
}

/** Minor units that an act may gain by the rounding of prices. */
const ROUNDING = 0.001;
const SEQUENCES = 150;
const SEED = 77;

export interface Proved {
  proof: Proof;
  found: readonly Found[];
}

/** An audit and what is proved beside it. */
export interface AuditedWhole extends Audited {
  proof: Proof;
  /** What each tier costs at least. */
  tiers: readonly TierPrice[];
  /** What one more of each limit would bring a household. */
  limits: readonly LimitWorth[];
  /** What two members make of points that are sent; undefined = none can be. */
  pool: PoolShares | undefined;
}

/** From when on, and beside what, a document is looked at. */
export interface Looked {
  /** Milliseconds since 1970 UTC. */
  at: number;
  /** The version that it follows. */
  before?: ProgrammeDocument | undefined;
  /** Findings of earlier audits, whose witnesses are played again. */
  known?: readonly Finding[] | undefined;
  progress?: Progress | undefined;
}

/** Audits a document that keeps the laws, and proves or refutes it. */
export async function auditWhole(
  document: ProgrammeDocument,
  { at, before, known = [], progress = () => undefined }: Looked,
): Promise<AuditedWhole> {
  const parts = CHECKS + 2;
  progress(0, parts);
  const subject = subjectOf(document, at, before);
  progress(1, parts);
  const audited = auditOf(subject, (done) => {
    progress(1 + done, parts);
  });
  const { found, ...beside } = await prove(subject, audited.findings);
  progress(parts, parts);
  const told = [...found.map((each) => proved(subject, each)), ...audited.findings];
  told.sort(worstFirst);
  const again = worksAgain(subject, known, new Set(told.map(({ id }) => id)));
  const findings = [...told, ...again.map((each) => proved(subject, each))];
  return { ...audited, ...beside, findings };
}

/** Proves or refutes; `known` is what other checks have played already. */
export async function prove(
  subject: Subject,
  known: readonly Finding[],
): Promise<Proved & Pick<AuditedWhole, 'tiers' | 'limits' | 'pool'>> {
  const { whole, plain, probes } = subject;
  const share = plain === whole ? whole.bounds.giveback : whole.bounds.stacked;
  const table = tableOf(whole, probes, share);
  const solve = await solver();
  const checks = new Set(known.map(({ check }) => check));
  const plan = yearOf(table, solve);
  const { proof, found } = judged(subject, table, plan, checks);
  const told = new Set(
    known.filter(({ check }) => check === 'SLACKCAP').flatMap(({ about }) => about),
  );
  const slack = slackByProof(table, plan).filter(({ about }) => !about.some((id) => told.has(id)));
  return {
    proof,
    found: [...found, ...slack],
    tiers: tierPricesOf(table, solve),
    limits: limitWorthsOf(table, plan),
    pool: poolSharesOf(whole, probes, solve),
  };
}

/** The columns and the plan judged; apart from `prove`, so that a table with a hole can be judged. */
export function judged(
  subject: Subject,
  table: Table,
  plan: Plan,
  known: ReadonlySet<Check>,
): Proved {
  const { bench, share, rows, columns } = table;
  const drivers = driversOf(plan, bench.worth.best);
  const prices = pricesOf(plan.worth, rows);
  const { allowance } = bench.bounds;
  const isMore = plan.most > allowance;
  const common = { share, allowance, drivers, assumptions: assumptionsOf(bench, share) };
  const about = { ...common, columns: columns.length, seed: SEED };
  if (isMore) {
    const pump = drivers.some(({ check }) => check === 'PUMP') ? pumped(subject, plan) : undefined;
    const played = drivers.filter(({ check }) => known.has(check) || pump?.check === check);
    const isPlayed = played.length > 0 || known.has('GIVEBACK') || known.has('STACK');
    const most = Number.isFinite(plan.most) ? Math.ceil(plan.most) : undefined;
    return {
      found: pump === undefined || known.has('PUMP') ? [] : [pump],
      proof: {
        ...about,
        status: isPlayed ? 'refuted' : 'open',
        reasons: isPlayed ? [] : ['What would bring more than is allowed was not played.'],
        most,
        prices: [],
        steps: 0,
      },
    };
  }
  const tried = tryOut(table, prices, { sequences: SEQUENCES, chance: seeded(SEED) });
  const reasons = reasonsOf(table, prices, tried);
  const status = reasons.length === 0 ? 'proved' : 'open';
  const most = boundAt(prices, rows);
  const listed = listOf(table, prices);
  return {
    found: [],
    proof: { ...about, status, reasons, most, prices: listed, steps: tried.steps },
  };
}

function reasonsOf(table: Table, prices: Prices, tried: Tried): string[] {
  const reasons = gapsOf(table, tried);
  const limit = BigInt(Math.round(ROUNDING * 1e6)) * (WHOLE / 1_000_000n);
  if (mostGained(prices, table.columns) > limit)
    reasons.push('An act gains by the list of prices.');
  if (tried.most > limit) {
    const last = JSON.stringify(tried.worst.at(-1));
    reasons.push(`A random step gains by the list of prices: ${last}.`);
  }
  return reasons;
}

function listOf({ rows }: Table, prices: Prices): Price[] {
  return [...rows.values()].flatMap(({ id, name }) => {
    const price = prices.get(id) ?? 0n;
    return price === 0n ? [] : [{ what: name, minor: asMinor(price) }];
  });
}
