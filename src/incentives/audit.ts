/**
 * The audit of incentives: every check of a programme, on the core that decides for its members. Pure:
 * the same document gives the same findings.
 */
import type { ProgrammeDocument } from '../programmes/document.js';
import { slackCaps, unreachable } from './lint/caps.js';
import { harm, volume } from './lint/words.js';
import { named, severities, type Check, type Finding, type Found } from './finding.js';
import { count, coupons, farm } from './relations/free.js';
import { expiry } from './relations/expiry.js';
import { giveback, pump, stack } from './relations/giveback.js';
import { order } from './relations/order.js';
import { partner } from './relations/partner.js';
import { parts } from './relations/parts.js';
import { pool, reach } from './relations/pool.js';
import { returns } from './relations/returns.js';
import { cliff, mono } from './relations/sizes.js';
import { noHarm, splitAtTier, tierMono } from './relations/tiers.js';
import { subjectOf, type Subject } from './subject.js';
import { isReplayed } from './world/replay.js';
import type { Bounds } from './bounds.js';

export interface Audited {
  /** The worst first. */
  findings: readonly Finding[];
  /** What it was held against. */
  bounds: Bounds;
  /** Minor units that a point is worth at most, and what it is spent on then. */
  point: { worth: number; what: string };
  /** How much was tried: purchases and other acts, and the purchases that relations went by. */
  tried: { acts: number; probes: number; sizes: number };
}

type Look = (subject: Subject) => Found[];

/** What each may find; the last one goes by what the others have tried. */
const all: readonly (readonly [Look, ...Check[]])[] = [
  [harm, 'HARM'],
  [volume, 'VOLUME'],
  [slackCaps, 'SLACKCAP'],
  [pump, 'PUMP'],
  [returns, 'DEBT', 'REVERSAL', 'TIERFREE'],
  [farm, 'FARM'],
  [giveback, 'GIVEBACK'],
  [stack, 'STACK'],
  [coupons, 'BOUNDED'],
  [count, 'COUNT'],
  [parts, 'SPLIT', 'MERGE'],
  [order, 'ORDER'],
  [splitAtTier, 'SPLIT'],
  [mono, 'MONO'],
  [cliff, 'CLIFF'],
  [tierMono, 'TIERMONO'],
  [noHarm, 'NOHARM'],
  [pool, 'POOL'],
  [expiry, 'EXPIRY'],
  [partner, 'PARTNER'],
  [reach, 'REACH'],
  [unreachable, 'UNREACHABLE'],
];

/** What one check finds by itself. */
export const checkAlone = (subject: Subject, check: Check): Finding[] =>
  all
    .filter(([, ...finds]) => finds.includes(check))
    .flatMap(([look]) => look(subject))
    .map((found) => proved(subject, found));

/**
 * Audits a document that keeps the laws. `at` is the instant from which on days are looked at, in
 * milliseconds; `before` the version that it follows.
 */
export function audit(
  document: ProgrammeDocument,
  { at, before }: { at: number; before?: ProgrammeDocument | undefined },
): Audited {
  return auditOf(subjectOf(document, at, before));
}

/** Told how much of something is done: so many of so many parts. */
export type Progress = (done: number, of: number) => void;

export const CHECKS = all.length;

/** The same of a subject that others look at too. */
export function auditOf(subject: Subject, progress: Progress = () => undefined): Audited {
  const findings = all.flatMap(([look], place) => {
    const found = look(subject).map((each) => proved(subject, each));
    progress(place + 1, all.length);
    return found;
  });
  const { whole, plain, probes } = subject;
  return {
    findings: findings.sort(worstFirst),
    bounds: whole.bounds,
    point: { worth: whole.worth.best, what: whole.worth.what },
    tried: {
      acts: whole.tried + (plain === whole ? 0 : plain.tried),
      probes: probes.length,
      sizes: whole.sizes.length,
    },
  };
}

/** The finding with its name; what is not done again as it says is no finding. */
export function proved({ whole, plain }: Subject, found: Found): Finding {
  const { programme } = found.rulesAlone === true ? plain : whole;
  if (!found.witness.every((story) => isReplayed(programme, story))) {
    throw new Error(`invariant: the witness of ${found.check} comes to the same again`);
  }
  return named(found);
}

/** The order in which findings are told. */
export const worstFirst = (a: Found, b: Found): number =>
  rank(a) - rank(b) || b.gain.minor - a.gain.minor;

const rank = ({ severity }: Found): number => severities.indexOf(severity);
