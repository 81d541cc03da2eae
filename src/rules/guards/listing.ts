/** One language's words. Every text is a comma-separated list, in ordinary spelling. */
export interface Listing {
  /** Losses, wherever the phrase stands in a text. */
  harmful: string;
  /** Money and what is as good as money, wherever the phrase stands in a text. */
  cashLike: string;
  /** As above, but only a subject when one of `articlesAfter` or `articlesBefore` is near it. */
  harmfulTopics: string;
  cashLikeTopics: string;
  /** Refused only when they are the whole text. */
  harmfulAlone: string;
  cashLikeAlone: string;
  /** Ordinary goods: what overlaps one of these never counts. */
  honest: string;
  /** Goods about a topic, named after it ("casino poster") or before it ("camiseta casino"). */
  articlesAfter: string;
  articlesBefore: string;
  /** Words of charging. Vague ones need a strong word of trouble, plain ones any. */
  charges: string;
  vagueCharges: string;
  /** Words of trouble; weak ones (account, interest) count only beside a plain charge. */
  troubles: string;
  weakTroubles: string;
}

/** German writes a phrase as one word, so its parts are read at both ends of the word. */
export interface Compounds {
  /** Any word beginning so. */
  harmfulStarts: string;
  cashLikeStarts: string;
  /** Any longer word ending so. */
  harmfulEnds: string;
  cashLikeEnds: string;
  /** Any word ending so is goods, whatever it begins with. */
  honestEnds: string;
  /** A word beginning with trouble and ending with a charge. */
  troubleStarts: string;
  chargeEnds: string;
}

export function listed(list: string): string[] {
  return list
    .split(',')
    .map((phrase) => phrase.trim().replaceAll(/\s+/g, ' '))
    .filter((phrase) => phrase !== '');
}
