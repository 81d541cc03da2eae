/**
 * How much of what could be tried is tried. The suite tries all of it; mutation testing runs each
 * test some hundred times over and lets `DRAWS` say a share.
 */
const share = Number(process.env['DRAWS'] ?? 1);

/** How many draws a property makes that `usual`ly makes so many. */
export const draws = (usual: number): number => Math.ceil(usual * share);

/** Every one of these, or evenly some of them. */
export const sampled = <Each>(all: readonly Each[]): Each[] =>
  all.filter((_, index) => Math.floor(index * share) < Math.floor((index + 1) * share));
