/** When a delivery is tried again, and when it is given up. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits after each failed try: 75 hours and three quarters at least. */
const waits = [
  ...[5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR],
  ...[12 * HOUR, 12 * HOUR, 12 * HOUR, 12 * HOUR, 12 * HOUR],
];
/** At most a quarter longer, so that what failed together is not tried again together. */
const JITTER = 0.25;

/** How often a delivery is tried before it is given up. */
export const TRIES_MAX = waits.length + 1;

/**
 * Milliseconds until the next try after so many failed ones, from 1; undefined = it is given up.
 * `chance` is from 0 to 1; `asked` is what the receiver wishes, and counts up to an hour.
 */
export function waitAfter(failed: number, chance: number, asked = 0): number | undefined {
  const wait = waits[failed - 1];
  if (wait === undefined) return undefined;
  return Math.round(Math.max(wait, Math.min(asked, HOUR)) * (1 + JITTER * chance));
}

/** After so many failures in a row an endpoint is only probed. */
export const PROBED_AFTER = 10;
const REST_MAX = MINUTE;

/** Milliseconds in which an endpoint that fails is left alone, after so many failures in a row. */
export const restAfter = (failures: number): number =>
  failures < PROBED_AFTER
    ? 0
    : Math.min(REST_MAX, SECOND * 2 ** Math.min(failures - PROBED_AFTER, 6));

/** An endpoint that has not taken anything for so long is disabled. */
export const DISABLED_AFTER_MS = 5 * 24 * HOUR;
