/**
 * The label guard at run time: every earning line's words and merchant category codes are read
 * again, because a till can send under an honest category what is none. Answers are remembered,
 * as the same few product names come back all day.
 */
import { labelContradiction, type Contradiction } from './label.js';

const REMEMBERED_MAX = 10_000;
const remembered = new Map<string, Contradiction | null>();

interface LabelledLine {
  sku?: string | undefined;
  description?: string | undefined;
  merchantCategoryCode?: string | undefined;
}

/** What contradicts an earning line, or undefined. `merchantCode` is that of the whole purchase. */
export function contradiction(
  line: LabelledLine,
  merchantCode: string | undefined,
): Contradiction | undefined {
  return (
    remember('code', line.merchantCategoryCode) ??
    remember('code', merchantCode) ??
    remember('text', line.description) ??
    remember('text', line.sku)
  );
}

function remember(by: 'text' | 'code', value: string | undefined): Contradiction | undefined {
  if (value === undefined || value === '') return undefined;
  const key = `${by}:${value}`;
  const known = remembered.get(key);
  if (known !== undefined) return known ?? undefined;
  const found =
    by === 'text'
      ? labelContradiction({ texts: [value], merchantCodes: [] })
      : labelContradiction({ texts: [], merchantCodes: [value] });
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(key, found ?? null);
  return found;
}
