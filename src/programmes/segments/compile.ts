/** Segments as the core reads them, and what has to be counted for them. */
import type { EarningRule } from '../../rules/programme.js';
import type { Criterion, Segments } from '../../rules/segments/segment.js';
import type * as written from '../document.js';

/** What a checked document says of segments; `rules` are those that may ask for them. */
export function compileSegments(
  { segments = [] }: written.ProgrammeDocument,
  rules: readonly Pick<EarningRule, 'eventConditions'>[],
): Segments {
  const criteria: Criterion[] = segments.flatMap(({ all }) => all);
  const asked = rules.flatMap(({ eventConditions }) =>
    eventConditions.flatMap((each) => (each.kind === 'segment' ? each.segments : [])),
  );
  return {
    byCode: new Map(segments.map(({ code, name, all }) => [code, { code, name, all }])),
    asked: new Set(asked),
    countsSpend: criteria.some(({ kind }) => kind === 'spend' || kind === 'last_purchase'),
    countsBought: new Set(
      criteria.flatMap((each) => (each.kind === 'bought' ? each.categories : [])),
    ),
  };
}
