/** The word lists, compiled once: a tree of phrases, word by word, and what single words mean. */
import { listed, type Listing } from './listing.js';
import { BARRIER, readings } from './normalise.js';
import { ENGLISH } from './words-english.js';
import { FRENCH } from './words-french.js';
import { GERMAN, GERMAN_COMPOUNDS } from './words-german.js';
import { SPANISH } from './words-spanish.js';

export type Kind = 'harmful' | 'cash_like';

export interface Entry {
  kind: Kind | 'honest';
  /** As listed. */
  phrase: string;
  /** `topic` gives way to goods near it; `alone` must be the whole text. */
  scope: 'anywhere' | 'topic' | 'alone';
}

export interface Branch {
  next: Map<string, Branch>;
  entries: Entry[];
  /** Of a first word only: what it may be in a pair, bits of `CHARGE` and so on. */
  roles: number;
  /** The word of those roles, as listed. */
  listed: string;
}

/** Roles are bits; each language has four of its own, so that pairs never mix languages. */
export const CHARGE = 0x1111;
export const VAGUE_CHARGE = 0x2222;
export const TROUBLE = 0x4444;
export const WEAK_TROUBLE = 0x8888;
export const ARTICLE_AFTER = 0x10000;
export const ARTICLE_BEFORE = 0x20000;

export interface Part {
  text: string;
  /** As listed. */
  phrase: string;
  kind: Kind | 'trouble';
}

const LISTINGS: readonly Listing[] = [ENGLISH, FRENCH, GERMAN, SPANISH];
/** Compounds are looked up by this many letters at one end. */
export const EDGE = 4;

/** Every word known, each the start of phrases, the bearer of roles, or both. */
export const FIRST_WORDS: ReadonlyMap<string, Branch> = firstWords();
export const STARTS: ReadonlyMap<string, readonly Part[]> = parts('start');
export const ENDS: ReadonlyMap<string, readonly Part[]> = parts('end');
export const CHARGE_ENDS: readonly string[] = endings(GERMAN_COMPOUNDS.chargeEnds);
export const HONEST_ENDS: readonly string[] = endings(GERMAN_COMPOUNDS.honestEnds);

function firstWords(): Map<string, Branch> {
  const root = branch();
  LISTINGS.forEach((listing, language) => {
    plant(root, listing.honest, 'honest', 'anywhere');
    plant(root, listing.harmful, 'harmful', 'anywhere');
    plant(root, listing.cashLike, 'cash_like', 'anywhere');
    plant(root, listing.harmfulTopics, 'harmful', 'topic');
    plant(root, listing.cashLikeTopics, 'cash_like', 'topic');
    plant(root, listing.harmfulAlone, 'harmful', 'alone');
    plant(root, listing.cashLikeAlone, 'cash_like', 'alone');
    const own = 0xf << (4 * language);
    cast(root, listing.charges, CHARGE & own);
    cast(root, listing.vagueCharges, VAGUE_CHARGE & own);
    cast(root, listing.troubles, TROUBLE & own);
    cast(root, listing.weakTroubles, WEAK_TROUBLE & own);
    cast(root, listing.articlesAfter, ARTICLE_AFTER);
    cast(root, listing.articlesBefore, ARTICLE_BEFORE);
  });
  return root.next;
}

function branch(): Branch {
  return { next: new Map(), entries: [], roles: 0, listed: '' };
}

function grown(from: Branch, word: string): Branch {
  const next = from.next.get(word) ?? branch();
  from.next.set(word, next);
  return next;
}

function cast(root: Branch, list: string, role: number): void {
  for (const text of listed(list)) {
    const word = grown(root, wordsOf(text)[0] ?? '');
    word.roles |= role;
    if (word.listed === '') word.listed = text;
  }
}

function plant(root: Branch, list: string, kind: Entry['kind'], scope: Entry['scope']): void {
  for (const phrase of listed(list)) {
    const entry: Entry = { kind, phrase, scope };
    for (const path of spellings(phrase)) path.reduce(grown, root).entries.push(entry);
  }
}

/** A phrase with its words apart, together, and partly so: "over limit fee", "overlimit fee". */
function spellings(phrase: string): string[][] {
  let paths: string[][] = [[]];
  for (const word of phrase.toLowerCase().split(' ')) {
    paths = paths.flatMap((path) => {
      const last = path.at(-1);
      if (last === undefined) return [[word]];
      return [
        [...path, word],
        [...path.slice(0, -1), last + word],
      ];
    });
  }
  return paths.map((path) => wordsOf(path.join(' ')));
}

function wordsOf(text: string): string[] {
  return (readings(text)[0] ?? []).filter((word) => word !== BARRIER);
}

function parts(edge: 'start' | 'end'): Map<string, Part[]> {
  const known = new Map<string, Part[]>();
  const add = (list: string, kind: Part['kind']): void => {
    for (const listedPart of listed(list)) {
      const text = wordsOf(listedPart)[0] ?? '';
      const key = edge === 'start' ? text.slice(0, EDGE) : text.slice(-EDGE);
      known.set(key, [...(known.get(key) ?? []), { text, phrase: listedPart, kind }]);
    }
  };
  if (edge === 'start') {
    add(GERMAN_COMPOUNDS.harmfulStarts, 'harmful');
    add(GERMAN_COMPOUNDS.cashLikeStarts, 'cash_like');
    add(GERMAN_COMPOUNDS.troubleStarts, 'trouble');
  } else {
    add(GERMAN_COMPOUNDS.harmfulEnds, 'harmful');
    add(GERMAN_COMPOUNDS.cashLikeEnds, 'cash_like');
  }
  return known;
}

/** Ends of words as stems leave them; a word of its own may have another form. */
function endings(list: string): string[] {
  return listed(list).map((end) => (wordsOf(`x${end}`)[0] ?? '').slice(1));
}
