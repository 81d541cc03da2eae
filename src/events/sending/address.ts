/** Where events may be sent. Whoever may name an address must not reach our own network by it. */
import ipaddr from 'ipaddr.js';

const URL_MAX = 2_000;

/** The web server of Azure's hosts: a public address that only answers machines inside. */
const insiders = ['168.63.129.16'];
/** Addresses given out to networks; the rest of IPv6 is nobody's, or leads back to IPv4. */
const global6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address belongs to the public internet and to no special use. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || insiders.includes(parsed.toString())) return false;
  return !(parsed instanceof ipaddr.IPv6) || parsed.match(global6);
}

export const isLoopbackAddress = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';

/** The address that a URL's host is, without a look-up; undefined when it is a name. */
export function literalOf({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) ? bare : undefined;
}

/** Why a URL cannot be an endpoint, in words; undefined when it can. */
export function faultOfUrl(text: string, allowLoopback: boolean): string | undefined {
  if (text.length > URL_MAX || !URL.canParse(text)) return 'It is no URL.';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'It must not hold a user or a password.';
  if (url.hash !== '') return 'It must not hold a fragment.';
  const literal = literalOf(url);
  const isLocal =
    url.hostname === 'localhost' || (literal !== undefined && isLoopbackAddress(literal));
  if (allowLoopback && isLocal && url.protocol === 'http:') return undefined;
  if (url.protocol !== 'https:') return 'It must begin with https://.';
  if (allowLoopback && isLocal) return undefined;
  if (literal !== undefined && !isPublicAddress(literal)) return 'It leads to no public address.';
  return /(?:^|\.)(?:localhost|local|internal|localdomain)\.?$/.test(url.hostname)
    ? 'It leads to no public address.'
    : undefined;
}
