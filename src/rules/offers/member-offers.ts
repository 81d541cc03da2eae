/** What is known of a member and offers, and how they stand with those that run. */
export const offerStandings = [
  'open',
  'paused',
  'held_out',
  'not_activated',
  'not_listed',
] as const;

export type OfferStanding = (typeof offerStandings)[number];

/** What retailers may say of members that several may share. */
export type GroupKind = 'household' | 'device' | 'payment';

/** Digests of what a member has of each kind, who may have several. */
export type Groups = Readonly<Partial<Record<GroupKind, readonly string[]>>>;

/** By the codes of offers; one that asks for nothing and is not paused is left out. */
export type OfferStandings = Readonly<Record<string, OfferStanding>>;

/**
 * What is known of a member's offers, and of the pauses of all of them. Each is undefined when no
 * offer that runs asks for it.
 */
export interface MemberOffers {
  /** Instants of activation, by the codes of offers. */
  activated?: ReadonlyMap<string, number>;
  /** Codes of the lists that the member is on. */
  lists?: ReadonlySet<string>;
  offerPauses?: readonly Pause[];
  /** What the member is known to be of. */
  groups?: Groups;
}

export interface Pause {
  offer: string;
  /** Instants, `until` exclusive; null = still paused. */
  from: number;
  until: number | null;
}
