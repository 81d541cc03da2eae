/** What is kept of an audit, and what of it stops a document from being published. */
import type { Finding } from '../finding.js';
import type { HistoryReport } from '../history/report.js';
import type { Fixes } from '../worker/task.js';
import type { AuditedWhole, Proof } from '../linear/proof.js';
import type { LimitWorth } from '../limit-worths.js';
import type { PoolShares } from '../pool-shares.js';
import type { TierPrice } from '../tier-prices.js';

export interface Report {
  currency: string;
  findings: readonly Finding[];
  /** By the ids of findings, where they were asked for. */
  fixes: Fixes;
  proof: Proof;
  /** What tiers cost at least; undefined = it was audited before that was asked. */
  tiers?: readonly TierPrice[] | undefined;
  /** What limits are worth, and what two members make of points; undefined = as of tiers. */
  limits?: readonly LimitWorth[] | undefined;
  pool?: PoolShares | undefined;
  /** Minor units that a point is worth at most, and what it is spent on then. */
  point: { worth: number; what: string };
  /** Whether the owner has declared what it was held against. */
  declared: boolean;
  /** What members did under it; undefined = it was not asked for. */
  history?: HistoryReport | undefined;
}

/** How far back an audit looks at what members did, and whether adversaries are let loose on it. */
export interface HistoryAsked {
  months: number;
  adversaries: boolean;
}

export const reportOf = (
  { findings, proof, tiers, limits, pool, point, bounds }: AuditedWhole,
  { currency, fixes }: Pick<Report, 'currency' | 'fixes'>,
): Report => ({
  currency,
  fixes,
  findings,
  proof,
  tiers,
  limits,
  pool,
  point,
  declared: bounds.declared,
});

/** A finding that somebody answers for until an instant, as long as its gain has not grown. */
export interface Acceptance {
  id: string;
  finding: string;
  /** Minor units. */
  gain: number;
  /** How often it was to be had when it was accepted. */
  growth: Growth;
  auditId: string;
  reason: string;
  /** Milliseconds since 1970 UTC. */
  until: number;
  acceptedAt: number;
  acceptedBy: string;
}

type Growth = Finding['gain']['growth'];

/** What is accepted once is not accepted each year, nor that as often as somebody likes. */
const oftener: readonly Growth[] = ['once', 'per_year', 'repeatable'];

const isCovered = ({ gain }: Pick<Finding, 'gain'>, accepted: Acceptance): boolean =>
  gain.minor <= accepted.gain && oftener.indexOf(gain.growth) <= oftener.indexOf(accepted.growth);

/** Findings without which a document could be published. */
export const isSevere = ({ severity }: Pick<Finding, 'severity'>): boolean =>
  severity === 'critical' || severity === 'high';

/** Whether anybody may answer for it: nobody may for harm. */
export const isAcceptable = ({ check }: Pick<Finding, 'check'>): boolean => check !== 'HARM';

/** The acceptance that a finding has at an instant. */
export function acceptanceOf(
  finding: Pick<Finding, 'id' | 'check' | 'gain'>,
  acceptances: readonly Acceptance[],
  now: number,
): Acceptance | undefined {
  if (!isAcceptable(finding)) return undefined;
  return acceptances.find(
    (each) => each.finding === finding.id && now < each.until && isCovered(finding, each),
  );
}

/** What stops a document at an instant. */
export const blocking = (
  { findings }: Pick<Report, 'findings'>,
  acceptances: readonly Acceptance[],
  now: number,
): Finding[] =>
  findings.filter(
    (finding) => isSevere(finding) && acceptanceOf(finding, acceptances, now) === undefined,
  );
