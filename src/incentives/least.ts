/** The least whole number from 1 on for which something holds that holds from there on, and for `most`. */
export function least(most: number, holds: (value: number) => boolean): number {
  let [low, high] = [1, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The same where it is not known whether it holds for any of them. */
export const leastIfAny = (most: number, holds: (value: number) => boolean): number | undefined =>
  most < 1 || !holds(most) ? undefined : least(most, holds);
