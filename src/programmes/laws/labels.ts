/**
 * Laws P6 and P7: words win over treatments. A category that speaks of fees, penalties, debt or
 * stored value is not believed when it claims to be something better.
 */
import { labelContradiction } from '../../rules/guards/label.js';
import type { Category, ProgrammeDocument } from '../document.js';
import type { Finding } from './finding.js';

/** The treatments that a kind of label leaves open; each of them earns nothing. */
const honest = {
  harmful: ['harmful', 'excluded'],
  cash_like: ['cash_like', 'harmful', 'excluded'],
} as const satisfies Record<string, readonly Category['treatment'][]>;

/** Law P6. */
export function labels({ categories }: ProgrammeDocument): Finding[] {
  return categories.flatMap((category, place) =>
    fields(category).flatMap(({ pointer, texts, merchantCodes }): Finding[] => {
      const found = labelContradiction({ texts, merchantCodes });
      if (found === undefined) return [];
      const allowed: readonly string[] = honest[found.kind];
      if (allowed.includes(category.treatment)) return [];
      return [
        {
          code: 'label_contradicted',
          pointer: `/categories/${String(place)}/${pointer}`,
          detail:
            `"${found.matched}" is ${found.kind}, so "${category.code}" cannot be ` +
            `${category.treatment}, only ${allowed.join(' or ')}.`,
        },
      ];
    }),
  );
}

interface Field {
  pointer: string;
  texts: string[];
  merchantCodes: string[];
}

function fields({ code, name, description, merchantCategoryCodes }: Category): Field[] {
  const words = { code, name, description };
  return [
    ...Object.entries(words).flatMap(([pointer, text]) =>
      text === undefined ? [] : [{ pointer, texts: [text], merchantCodes: [] }],
    ),
    ...merchantCategoryCodes.map((merchantCode, place) => ({
      pointer: `merchantCategoryCodes/${String(place)}`,
      texts: [],
      merchantCodes: [merchantCode],
    })),
  ];
}

/** Law P7: what members are better off with less of is not rewarded. */
export function desires({ categories }: ProgrammeDocument): Finding[] {
  return categories.flatMap(({ code, treatment, desired }, place) =>
    treatment === 'earns' && desired === 'less'
      ? [
          {
            code: 'undesired_earns',
            pointer: `/categories/${String(place)}/treatment`,
            detail: `Members should want less of "${code}", so it cannot earn.`,
          },
        ]
      : [],
  );
}
