/** Instants as answers spell them: RFC 3339 in UTC, to the millisecond. */

/** Texts that are kept at most. */
const KEPT_MAX = 1_000;

/** Those told lately: many points become available and go at the same few midnights. */
const kept = new Map<number, string>();

export function instantText(at: number): string {
  const known = kept.get(at);
  if (known !== undefined) return known;
  const text = new Date(at).toISOString();
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(at, text);
  return text;
}
