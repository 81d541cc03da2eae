/** Which rules pay what is meant for one purchase, whatever the others are. */
import type { EarningRule } from '../../programmes/document.js';

/** So many points from an amount on, however much more it is. */
export const isFixed = ({ kind }: EarningRule): boolean =>
  kind === 'per_purchase' || kind === 'steps';

const ofTheFirst = ['nth_purchase', 'first_in_category', 'lapsed', 'stage'];

/** For a first purchase, for the n-th one, or for one after a silence. */
export const isOfTheFirst = ({ when = [] }: EarningRule): boolean =>
  when.some(({ kind }) => ofTheFirst.includes(kind));
