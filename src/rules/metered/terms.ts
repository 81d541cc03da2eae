/** Points per unit of a metered category saved against the member's own baseline. */
export interface MeteredTerms {
  kind: 'metered_reduction';
  /** Millionths of a point per unit. */
  rate: bigint;
  category: string;
  /** The instant that ends the days of the baseline (exclusive). */
  until: number;
  /** Units that can be used in a day at most. */
  perDay: number;
}
