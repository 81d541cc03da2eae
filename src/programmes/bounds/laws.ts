/** Laws P110 and P111: what an owner declares of a programme's costs is about it, and makes sense. */
import { parseRate } from '../../rules/points.js';
import type { ProgrammeDocument } from '../document.js';
import { unknown } from '../laws/conditions.js';
import { repeated, type Finding } from '../laws/finding.js';

/** Law P110: categories that are described exist, and are described once. */
export function boundedCategories({ bounds, categories }: ProgrammeDocument): Finding[] {
  const codes = (bounds?.categories ?? []).map(({ code }) => code);
  const unheard = codes.flatMap((code, place) =>
    unknown([code], categories, '', 'category').map((found) => ({
      ...found,
      pointer: `/bounds/categories/${String(place)}/code`,
    })),
  );
  return [...unheard, ...repeated('bounds/categories', 'code', codes)];
}

/** Law P111: amounts are some, and what may be no less than another is not. */
export function boundsInOrder({ bounds }: ProgrammeDocument): Finding[] {
  if (bounds === undefined) return [];
  const findings: Finding[] = [];
  const { giveback, stacked, largestBasket, monthlySpend } = bounds;
  if ((parseRate(stacked) ?? 0n) < (parseRate(giveback) ?? 0n)) {
    const detail = 'With offers on top no less is given back than without them.';
    findings.push({ code: 'bounds_out_of_order', pointer: '/bounds/stacked', detail });
  }
  const some = (pointer: string, amount: number): void => {
    if (amount > 0) return;
    findings.push({
      code: 'out_of_bounds',
      pointer: `/bounds/${pointer}`,
      detail: 'It is above 0.',
    });
  };
  some('largestBasket', largestBasket);
  if (monthlySpend === undefined) return findings;
  some('monthlySpend/low', monthlySpend.low);
  if (monthlySpend.low > monthlySpend.median) {
    const detail = 'Half of the members spend less than the median, a quarter less than the low.';
    findings.push({ code: 'bounds_out_of_order', pointer: '/bounds/monthlySpend/low', detail });
  }
  return findings;
}
