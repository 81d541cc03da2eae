/**
 * Words as they are compared. Letters lose accents, case and whatever cannot be seen; the German
 * spellings ae, oe, ue fold into the plain vowel everywhere, so `Gebühr`, `GEBUEHR` and `gebuhr`
 * are one word. Digits and signs separate; `,;&+|` also part phrases, so that "gift, card" are two
 * things. Words that only join ("de", "of") are dropped.
 */

/** Stands between two words that make no phrase together. */
export const BARRIER = '';

const NOT_ASCII = /[^\0-\x7f]/;
// Marks (accents, variation selectors) and format characters (zero-width, soft hyphen, direction).
const UNSEEN = /[\p{M}\p{Cf}\u3164\u115f\u1160\u180e]/gu;
const [SPACE, A, E, O, U] = [32, 97, 101, 111, 117];
const PARTING = new Set([',', ';', '&', '+', '|'].map((sign) => sign.charCodeAt(0)));
const LETTER = /\p{L}/u;
const SPELT: ReadonlyMap<string, string> = new Map([
  ...([
    ['ß', 'ss'],
    ['ẞ', 'SS'],
    ['æ', 'ae'],
    ['Æ', 'AE'],
    ['œ', 'oe'],
    ['Œ', 'OE'],
  ] as const),
  ...([
    ['ø', 'o'],
    ['Ø', 'O'],
    ['ł', 'l'],
    ['Ł', 'L'],
    ['ı', 'i'],
    ['đ', 'd'],
    ['Đ', 'D'],
  ] as const),
]);
const SPELT_LETTERS = /[ßẞæÆœŒøØłŁıđĐ]/g;

const HUMP = /[a-z][A-Z]|[A-Z]{2}[a-z]/;
const JOINING = ['s', 'd', 'l', 'of', 'the', 'de', 'del', 'du', 'des', 'la', 'le', 'les', 'el'];

/**
 * Words with a form of their own: those that only join have none, and some plain stems would be
 * another word (`late`/`lat`, `découvert`/`découverte`, `interés`/`inter`, `Devisen`/`devise`).
 */
const FORMS: ReadonlyMap<string, string> = new Map([
  ...[...JOINING, 'los', 'las'].map((word) => [word, ''] as const),
  ['late', 'late'],
  ['amende', 'amende'],
  ['amendes', 'amende'],
  ['fine', 'fine'],
  ['fines', 'fine'],
  ['zins', 'zins'],
  ['interes', 'interes'],
  ['devisen', 'devisen'],
  ['decouverte', 'decouverte'],
  ['decouvertes', 'decouverte'],
]);

/** The readings of a text: as written, and with `camelCase` parted if it has any. */
export function readings(text: string): string[][] {
  const seen = NOT_ASCII.test(text) ? folded(text) : text;
  if (!HUMP.test(seen)) return [words(seen)];
  const parted = seen
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return [words(seen), words(parted)];
}

function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(UNSEEN, '')
    .replace(SPELT_LETTERS, (letter) => SPELT.get(letter) ?? letter);
}

function words(text: string): string[] {
  const lower = text.toLowerCase();
  const found: string[] = [];
  let start = -1;
  let umlaut = false;
  let before = 0;
  for (let at = 0; at <= lower.length; at += 1) {
    const code = at < lower.length ? lower.charCodeAt(at) : SPACE;
    if (isLetter(code)) {
      if (start < 0) start = at;
      else if (code === E && (before === A || before === O || before === U)) umlaut = true;
    } else {
      if (start >= 0) {
        const word = lower.slice(start, at);
        const form = umlaut ? stem(plainVowels(word)) || plainVowels(word) : stem(word);
        if (form !== '') found.push(form);
        start = -1;
        umlaut = false;
      }
      if (code !== SPACE && PARTING.has(code) && found.length > 0) found.push(BARRIER);
    }
    before = code;
  }
  return found;
}

function plainVowels(word: string): string {
  return word.replaceAll(/([aou])e/g, '$1');
}

function isLetter(code: number): boolean {
  if (code < 128) return code >= 97 && code <= 122;
  return LETTER.test(String.fromCharCode(code));
}

/**
 * One form for singular and plural in four languages: a last `s` (not `ss`) or the `x` of `-ux`
 * goes, then a last `en` or `e`, and a last `y` is read as `i`. Nothing shrinks below three
 * letters. The form is only ever compared with forms made the same way; '' is no word at all.
 */
export function stem(word: string): string {
  const own = FORMS.get(word);
  if (own !== undefined) return own;
  let end = word.length;
  if (end > 3) {
    const before = word.charCodeAt(end - 2);
    const last = word.charCodeAt(end - 1);
    if ((last === 115 && before !== 115) || (last === 120 && before === 117)) end -= 1;
  }
  if (end > 5 && word.charCodeAt(end - 1) === 110 && word.charCodeAt(end - 2) === 101) end -= 2;
  else if (end > 3 && word.charCodeAt(end - 1) === 101) end -= 1;
  if (end > 3 && word.charCodeAt(end - 1) === 121) return `${word.slice(0, end - 1)}i`;
  return end === word.length ? word : word.slice(0, end);
}
