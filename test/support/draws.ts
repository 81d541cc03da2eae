/**
 * How many draws a property makes. The suite makes `usual`; mutation testing runs each property a
 * thousand times over and lets `DRAWS` say a share of them.
 */
export const draws = (usual: number): number =>
  Math.ceil(usual * Number(process.env['DRAWS'] ?? 1));
