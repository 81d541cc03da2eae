/** The luck of members: an HMAC under a key of the server, so that nobody can foretell a day of it. */
import { createHmac, hkdfSync } from 'node:crypto';
import type { Luck } from '../rules/offers/surprise.js';

/** Each member's luck, given the secret that its key is derived from. */
export function luckUnder(secret: string): (memberId: string) => Luck {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'fealty surprises 1', 32));
  return (memberId) => (surprise, day) => {
    const mac = createHmac('sha256', key).update(`${memberId}/${day}/${surprise}`).digest();
    // The first 64 bits as a fraction of all there are: as even as the HMAC itself.
    return Number((mac.readBigUInt64BE() * 1_000_000n) >> 64n);
  };
}
