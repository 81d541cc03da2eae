import ipaddr from 'ipaddr.js';

/** Networks that Fastify knows by name. */
const named = ['loopback', 'linklocal', 'uniquelocal'];

/** The proxies a setting lists; undefined when a part of it is no address, network or name. */
export function parseTrusted(text: string): string[] | undefined {
  const parts = text.split(',').flatMap((part) => part.trim() || []);
  return parts.every(isKnown) ? parts : undefined;
}

/** `10` would be an address too, by a rule of old that nobody who writes a setting means. */
const isKnown = (part: string): boolean =>
  named.includes(part) ||
  ipaddr.IPv4.isValidFourPartDecimal(part) ||
  ipaddr.IPv4.isValidCIDRFourPartDecimal(part) ||
  ipaddr.IPv6.isValid(part) ||
  ipaddr.IPv6.isValidCIDR(part);

/**
 * Whom a client's address stands for. Whoever has one IPv6 address has the 2^64 of its network, so
 * that counts as one; an IPv4 address in IPv6's clothes is itself.
 */
export function clientOf(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
