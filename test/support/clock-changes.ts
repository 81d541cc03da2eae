const HOUR_MS = 3_600_000;
const FROM = Date.UTC(2024, 0, 1);
const UNTIL = Date.UTC(2035, 0, 1);
/** No zone changes its clock there and back in less; Morocco does for the month of Ramadan. */
const STEP_MS = 12 * 24 * HOUR_MS;

export interface ClockChange {
  zone: string;
  /** The instant of the change, to the minute, in milliseconds. */
  around: number;
}

/**
 * Every change of the clock of every zone the runtime knows, from 2024 to 2034, told by the platform
 * alone. Zones whose changes are all alike are told once.
 */
export function clockChanges(): ClockChange[] {
  const seen = new Set<string>();
  return Intl.supportedValuesOf('timeZone').flatMap((zone) => {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
    const offset = (instant: number): string =>
      format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const changes: number[] = [];
    let [at, before] = [FROM, offset(FROM)];
    let history = before;
    for (; at < UNTIL; at += STEP_MS) {
      const after = offset(at + STEP_MS);
      if (after === before) continue;
      let [low, high] = [at, at + STEP_MS];
      while (high - low > 60_000) {
        const middle = Math.floor((low + high) / 2);
        if (offset(middle) === before) low = middle;
        else high = middle;
      }
      changes.push(high);
      history += `,${String(high)}${after}`;
      before = after;
    }
    if (seen.has(history)) return [];
    seen.add(history);
    return changes.map((around) => ({ zone, around }));
  });
}
