/**
 * The label guard at run time: every earning line's words and merchant category codes are read
 * again, because a till can send under an honest category what is none. Answers are remembered,
 * as the same few product names come back all day.
 */
import { remembering } from '../remembering.js';
import { codeContradiction, textContradiction, type Contradiction } from './label.js';

const REMEMBERED_MAX = 10_000;
const rememberedText = remembering(textContradiction, REMEMBERED_MAX);

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
    told(line.merchantCategoryCode, codeContradiction) ??
    told(merchantCode, codeContradiction) ??
    told(line.description, rememberedText) ??
    told(line.sku, rememberedText)
  );
}

function told(
  text: string | undefined,
  read: (text: string) => Contradiction | undefined,
): Contradiction | undefined {
  return text === undefined ? undefined : read(text);
}
