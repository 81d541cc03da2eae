/**
 * Points given for nothing that was bought: no law about spending bounds them, so each kind has a
 * budget, and one member gets no more of all kinds together than the programme's caps on gifts.
 */

/** A kind of coupon: codes of it are handed out, and each is worth its points once. */
export interface Coupon {
  code: string;
  name: string;
  points: number;
  /** Coupons of this kind that one member may ever redeem. */
  perMember: number;
  /** Instants between which it can be redeemed, `until` exclusive. */
  from: number;
  until: number;
  /** The shared limit of points that all of them together may give. */
  budget: string;
}
