import { totalOf } from '../../rules/limits.js';
import type { Moment } from '../command.js';

/** How much of a shared limit there is in all, and how many of that are one of what people count. */
export interface Total {
  total: number;
  grain: number;
}

/**
 * By the version in force; where that one has no such limit, by the last that had it, as events may
 * come late. Undefined when none ever had it.
 */
export function totalAt({ now, programmes }: Moment, limit: string): Total | undefined {
  const inForce = programmes.at(now);
  const isThere = inForce !== undefined && totalOf(inForce.limits, limit) !== undefined;
  const version = isThere
    ? inForce
    : programmes.begunBy(now).findLast(({ limits }) => totalOf(limits, limit) !== undefined);
  const total = version === undefined ? undefined : totalOf(version.limits, limit);
  if (version === undefined || total === undefined) return undefined;
  return { total, grain: totalOf(version.grains, limit) ?? 1 };
}
