/** Keys and tokens by their prefixes, JSON web tokens, addresses, and passwords inside URLs. */
const secrets: readonly [RegExp, string][] = [
  [/fealtyu?_[A-Za-z0-9_]{8,}/g, '[key]'],
  [/\b(?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}\b/gi, '[code]'],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '[token]'],
  [/\b(postgres(?:ql)?:\/\/[^:/\s]+):[^@\s]+@/g, '$1:[hidden]@'],
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, '[e-mail]'],
];

/** A text without what must never be in a log. */
export function scrub(text: string): string {
  let scrubbed = text;
  for (const [pattern, mask] of secrets) scrubbed = scrubbed.replaceAll(pattern, mask);
  return scrubbed;
}

/**
 * What a log keeps of an error. A driver's error also holds the statement's parameters and the
 * row it failed on, so its own fields are not copied.
 */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: scrub(String(error)) };
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    message: scrub(error.message),
    ...(typeof code === 'string' && { code }),
    stack: scrub(error.stack ?? ''),
    ...(error.cause instanceof Error && { cause: scrub(error.cause.message) }),
  };
}
