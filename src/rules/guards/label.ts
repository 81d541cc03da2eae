/**
 * Whether what something is called contradicts the claim that it may earn points. Reads words and
 * merchant category codes only; what a programme calls the category is not asked.
 */
import { MERCHANT_CODES } from './merchant-codes.js';
import { readings } from './normalise.js';
import * as lists from './words.js';

export type ContradictionKind = 'harmful' | 'cash_like';
export interface Contradiction {
  kind: ContradictionKind;
  /** What matched, as listed. */
  matched: string;
  by: 'word' | 'merchant_code';
}

/** A charge and a trouble this many words apart belong together. */
const NEAR = 4;
/** Goods this many words from a topic make it a mere subject. */
const BESIDE = 3;

/** The first contradiction between what something is called and the claim that it may earn. */
export function labelContradiction(label: {
  texts: readonly string[];
  merchantCodes: readonly string[];
}): Contradiction | undefined {
  return firstOf(label.merchantCodes, codeContradiction) ?? firstOf(label.texts, textContradiction);
}

/** A code that contradicts whatever bears it. */
export function codeContradiction(code: string): Contradiction | undefined {
  const matched = code.trim();
  const kind = MERCHANT_CODES.get(matched);
  return kind === undefined ? undefined : { kind, matched, by: 'merchant_code' };
}

/** The first contradiction in a text, in any of its readings. */
export function textContradiction(text: string): Contradiction | undefined {
  return firstOf(readings(text), inWords);
}

/** The first contradiction that is found in any of these. */
function firstOf<Each>(
  all: readonly Each[],
  find: (each: Each) => Contradiction | undefined,
): Contradiction | undefined {
  for (const each of all) {
    const found = find(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Hit {
  kind: ContradictionKind;
  entry: lists.Entry;
  from: number;
  to: number;
}

function inWords(words: readonly string[]): Contradiction | undefined {
  let hits: Hit[] | undefined;
  let honest: Set<number> | undefined;
  let roles = 0;
  for (let from = 0; from < words.length; from += 1) {
    let branch = lists.FIRST_WORDS.get(words[from] ?? '');
    roles |= branch?.roles ?? 0;
    for (let to = from + 1; branch !== undefined; to += 1) {
      for (const entry of branch.entries) {
        if (entry.kind !== 'honest') (hits ??= []).push({ kind: entry.kind, entry, from, to });
        else for (let at = from; at < to; at += 1) (honest ??= new Set()).add(at);
      }
      const next = words[to];
      branch = next === undefined ? undefined : branch.next.get(next);
    }
  }
  const hit = hits?.find((one) => counts(one, words, honest));
  if (hit !== undefined) return byWord(hit.kind, hit.entry.phrase);
  return inCompounds(words, honest) ?? inPairs(words, roles, honest);
}

function byWord(kind: ContradictionKind, matched: string): Contradiction {
  return { kind, matched, by: 'word' };
}

function counts(hit: Hit, words: readonly string[], honest: Set<number> | undefined): boolean {
  if (honest !== undefined) {
    for (let at = hit.from; at < hit.to; at += 1) if (honest.has(at)) return false;
  }
  if (hit.entry.scope === 'alone') return hit.from === 0 && hit.to === words.length;
  if (hit.entry.scope === 'anywhere') return true;
  return (
    !hasRole(words, hit.to, hit.to + BESIDE, lists.ARTICLE_AFTER) &&
    !hasRole(words, hit.from - BESIDE, hit.from, lists.ARTICLE_BEFORE)
  );
}

function hasRole(words: readonly string[], from: number, to: number, role: number): boolean {
  for (let at = Math.max(from, 0); at < Math.min(to, words.length); at += 1) {
    if ((roleAt(words, at, undefined) & role) !== 0) return true;
  }
  return false;
}

function inCompounds(
  words: readonly string[],
  honest: Set<number> | undefined,
): Contradiction | undefined {
  for (const [at, word] of words.entries()) {
    if (word.length < 8 || honest?.has(at) === true) continue;
    const found = compound(word);
    if (found !== undefined) return found;
  }
  return undefined;
}

function compound(word: string): Contradiction | undefined {
  const found = compounded(word);
  const goods = found !== undefined && lists.HONEST_ENDS.some((end) => word.endsWith(end));
  return goods ? undefined : found;
}

function compounded(word: string): Contradiction | undefined {
  for (const part of lists.STARTS.get(word.slice(0, lists.EDGE)) ?? []) {
    if (!word.startsWith(part.text)) continue;
    if (part.kind !== 'trouble') return byWord(part.kind, part.phrase);
    const end = lists.CHARGE_ENDS.find((charge) => word.endsWith(charge));
    if (end !== undefined) return byWord('harmful', `${part.phrase}…${end}`);
  }
  for (const part of lists.ENDS.get(word.slice(-lists.EDGE)) ?? []) {
    if (part.kind !== 'trouble' && word.endsWith(part.text)) return byWord(part.kind, part.phrase);
  }
  return undefined;
}

/** A word of charging near a word of trouble, in either order: "fee for a late payment". */
function inPairs(
  words: readonly string[],
  all: number,
  honest: Set<number> | undefined,
): Contradiction | undefined {
  if (wantedBy(all) === 0 || (all & wantedBy(all)) === 0) return undefined;
  for (let one = 0; one < words.length; one += 1) {
    const wanted = wantedBy(roleAt(words, one, honest));
    if (wanted === 0) continue;
    for (let other = one - NEAR; other <= one + NEAR; other += 1) {
      if (other === one || (roleAt(words, other, honest) & wanted) === 0) continue;
      return byWord('harmful', `${listedAt(words, other)} … ${listedAt(words, one)}`);
    }
  }
  return undefined;
}

/** The roles that trouble a word of these: in its own language, all for a plain charge. */
function wantedBy(roles: number): number {
  const plain = roles & lists.CHARGE;
  const vague = roles & lists.VAGUE_CHARGE;
  return (plain << 2) | (plain << 3) | (vague << 1);
}

function roleAt(words: readonly string[], at: number, honest: Set<number> | undefined): number {
  const word = words[at];
  if (word === undefined || honest?.has(at) === true) return 0;
  return lists.FIRST_WORDS.get(word)?.roles ?? 0;
}

function listedAt(words: readonly string[], at: number): string {
  return lists.FIRST_WORDS.get(words[at] ?? '')?.listed ?? '';
}
