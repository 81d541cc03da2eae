/** Two sides measured in turn, so that what slows the machine slows both. */
export interface Series {
  ours: number[];
  anchor: number[];
}

/** Runs both sides once a round, the anchor first; an anchor that is missing leaves its side empty. */
export async function seriesOf(
  rounds: number,
  sides: { ours: () => Promise<number>; anchor: () => Promise<number | undefined> },
): Promise<Series> {
  const series: Series = { ours: [], anchor: [] };
  for (let round = 0; round < rounds; round++) {
    const anchor = await sides.anchor();
    if (anchor !== undefined) series.anchor.push(anchor);
    series.ours.push(await sides.ours());
  }
  return series;
}
