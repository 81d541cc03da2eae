/** What members do in a world, and what each of it came to. Money is in minor units. */

/** Where, when and how something is bought, as far as rules may ask. */
export interface Circumstances {
  /** The instant. */
  at: number;
  location?: string | undefined;
  channel?: string | undefined;
  retailer?: string | undefined;
  tender?: string | undefined;
  sku?: string | undefined;
  brand?: string | undefined;
  /** A piece costs so much; undefined = it is one piece. */
  pieceMinor?: number | undefined;
  /** Pieces at least. */
  pieces?: number | undefined;
  persona?: string | undefined;
  /** Whether it is the month of the member's birthday. */
  birthday?: boolean | undefined;
  /** Whether the member is in every segment, or in none. */
  segments?: boolean | undefined;
  /** Which of the member's purchases it is; 1 where left out. */
  ordinal?: number | undefined;
  /** Days of silence before it; 0 = nothing was heard before. */
  silentDays?: number | undefined;
}

export type Step =
  | { kind: 'enrol'; who: string; friendOf?: string }
  | { kind: 'grant'; who: string; tier: string }
  | { kind: 'buy'; who: string; category: string; amount: number; how: Circumstances }
  | { kind: 'return'; who: string; purchase: number }
  | {
      kind: 'do';
      who: string;
      activity: string;
      value: number;
      /** What a reading of a meter is about, and the units on it. */
      meter?: { category: string; reading: number };
      how: Circumstances;
    }
  | { kind: 'redeem'; who: string; reward: string }
  | { kind: 'coupon'; who: string; coupon: string }
  | { kind: 'give'; who: string; to: string; points: number }
  | { kind: 'refer'; who: string }
  | { kind: 'sell-on'; who: string; amount: number; back: number }
  /** Points become units of a partner's currency, and units points. */
  | { kind: 'convert'; who: string; currency: string; points: number }
  | { kind: 'bring'; who: string; currency: string; units: number }
  /** Is told when points go. */
  | { kind: 'see'; who: string }
  /** Points go of which that was told, and vouchers that lapsed unused give theirs back. */
  | { kind: 'expire'; who: string }
  | { kind: 'lapse'; who: string }
  | { kind: 'wait'; until: number };

/** What a step came to. */
export interface Done {
  step: Step;
  at: number;
  /** Number of the purchase, to be returned by. */
  seq?: number;
  /** Code of the refusal, if it was not done. */
  refused?: string;
  /** Change of the points of everybody in it, in billionths. */
  billionths: bigint;
  /** Money that was paid; negative = came back. */
  money: number;
  /** What rewards were worth that came of it. */
  worth: number;
  /** Ids of the rules that paid, and what. */
  rules: ReadonlyMap<string, bigint>;
  /** Tier of whoever did it, afterwards. */
  tier: string;
}

/** How many pieces are bought for an amount. */
export function piecesOf(amount: number, { pieceMinor, pieces = 1 }: Circumstances): number {
  return Math.max(pieces, pieceMinor === undefined ? 1 : Math.floor(amount / pieceMinor));
}
