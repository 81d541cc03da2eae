/** For whom a version is while it is piloted, and from when it is for all or for nobody. */
import { hash } from 'node:crypto';
import type { Who } from '../../ledger/command.js';

/** Either some locations, or a share of members. */
export interface PilotTerms {
  /** Millionths of all members, drawn by hash; undefined = by location. */
  share: number | undefined;
  locations: readonly string[] | undefined;
}

export interface PilotEnd {
  outcome: 'promoted' | 'withdrawn';
  /** Milliseconds since 1970 UTC. */
  effectiveAt: number;
}

export interface Pilot extends PilotTerms {
  versionNo: number;
  end: PilotEnd | undefined;
}

const MILLION = 1_000_000;
const DRAWS = 2 ** 32;

/**
 * The first 32 bits of SHA-256 of `<version>/<member id>`: each version draws anew, and every server
 * and statement draws the same.
 */
export const drawOf = (versionNo: number, memberId: string): number =>
  parseInt(hash('sha256', `${String(versionNo)}/${memberId}`, 'hex').slice(0, 8), 16);

/** Whether an event is one that the pilot is about. */
export function isPiloted(
  { versionNo, share, locations }: Omit<Pilot, 'end'>,
  { memberId, location }: Who,
): boolean {
  if (locations !== undefined) return location !== undefined && locations.includes(location);
  return drawOf(versionNo, memberId) * MILLION < (share ?? 0) * DRAWS;
}

/**
 * Whether a version that has started is in force at an instant: for all once it is promoted, for
 * nobody once it is withdrawn, and until then for those it is piloted with.
 */
export function isInForce(pilot: Pilot | undefined, instant: number, who?: Who): boolean {
  if (pilot === undefined) return true;
  const { end } = pilot;
  if (end !== undefined && end.effectiveAt <= instant) return end.outcome === 'promoted';
  return who !== undefined && isPiloted(pilot, who);
}
