/**
 * The terms of a discount voucher: a code that whoever has it may use once. They are those of the
 * version in which its points were held, whatever a later one says.
 */
export interface VoucherTerms {
  /** Days after it is issued until whose local end it can be used. */
  usableDays: number;
  /** Codes of the retailers that take it; undefined = all. */
  retailers: ReadonlySet<string> | undefined;
  /** Minor units that the purchase it is used on costs at least. */
  minimumMinor: number;
  /** Whether its points come back when it lapses unused; otherwise they are lost. */
  pointsBack: boolean;
}
