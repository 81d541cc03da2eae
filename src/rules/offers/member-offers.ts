/** What is known of a member and offers, and how they stand with those that run. */
export const offerStandings = ['open', 'paused', 'held_out', 'not_activated'] as const;

export type OfferStanding = (typeof offerStandings)[number];

/** By the codes of offers; one that asks for nothing and is not paused is left out. */
export type OfferStandings = Readonly<Record<string, OfferStanding>>;

/** What is known of a member's offers, and of the pauses of all of them. */
export interface MemberOffers {
  /** Instants of activation, by the codes of offers. */
  activated: ReadonlyMap<string, number>;
  pauses: readonly Pause[];
}

export interface Pause {
  offer: string;
  /** Instants, `until` exclusive; null = still paused. */
  from: number;
  until: number | null;
}
