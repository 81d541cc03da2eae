/**
 * Laws P70 and P71: limits of transfers that leave room for one another, and points that cost
 * nothing to get stay with who got them, or a person with many accounts would pool them in one, here
 * or at a partner.
 */
import type { ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';

/** Law P70. */
export function transferLimits({ transfers }: ProgrammeDocument): Finding[] {
  if (transfers === undefined) return [];
  const { minimumPoints, perDay } = transfers;
  const below = (limit: 'perDay' | 'perYear' | 'receivedPerYear', least: number): Finding[] =>
    transfers[limit] >= least
      ? []
      : [
          {
            code: 'limit_leaves_no_room',
            pointer: `/transfers/${limit}`,
            detail: `It is at least ${String(least)}, or a smaller limit could never be reached.`,
          },
        ];
  return [
    ...below('perDay', minimumPoints),
    ...below('perYear', perDay),
    ...below('receivedPerYear', minimumPoints),
  ];
}

/** Law P71. */
export function freePoints(document: ProgrammeDocument): Finding[] {
  const { transfers, earningRules, referral, coupons = [], conversions = [] } = document;
  const pointers = [
    ...(transfers?.bonusPoints === true ? ['/transfers/bonusPoints'] : []),
    ...conversions.flatMap(({ out }, place) =>
      out?.bonusPoints === true ? [`/conversions/${String(place)}/out/bonusPoints`] : [],
    ),
  ];
  if (pointers.length === 0) return [];
  const free = earningRules.find(
    (rule) => rule.kind === 'per_activity' && (rule.minimumValue ?? 0) === 0,
  );
  const names = [free?.id, coupons[0]?.code]
    .flatMap((name) => name ?? [])
    .map((name) => `"${name}"`);
  if (referral !== undefined) names.push('A referral');
  const [first] = names;
  if (first === undefined) return [];
  const detail = `${first} gives points for nothing, which many accounts could pool in one.`;
  return pointers.map((pointer) => ({ code: 'free_points_pooled', pointer, detail }));
}
