import { hkdfSync, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SignJWT, compactVerify, jwtVerify } from 'jose';
import { isMemberId } from '../ledger/address.js';
import { Secrets } from '../platform/config/secrets.js';
import type { Caller } from './caller.js';
import { isMemberScope, type MemberScope } from './permissions.js';

const parties = { issuer: 'fealty', audience: 'fealty' };
/** Seconds. */
const LIFETIME_MAX = 15 * 60;
const CLOCK_TOLERANCE = 30;

export interface MintedToken {
  token: string;
  /** RFC 3339. */
  expiresAt: string;
}

/** Short-lived tokens a retailer's backend gets for the member in front of it. */
@Injectable()
export class MemberTokensService {
  private readonly key: Uint8Array;

  constructor(@Inject(Secrets) secrets: Secrets) {
    // A key of its own: a token of another use of the secret is worth nothing here.
    this.key = new Uint8Array(hkdfSync('sha256', secrets.token, '', 'fealty member tokens 1', 32));
  }

  async mint(request: {
    memberId: string;
    retailer: string;
    scopes: readonly MemberScope[];
    ttlSeconds: number;
  }): Promise<MintedToken> {
    const { memberId, retailer, scopes, ttlSeconds } = request;
    if (!(ttlSeconds > 0 && ttlSeconds <= LIFETIME_MAX)) {
      throw new RangeError(`A member token lives 1 to ${LIFETIME_MAX} seconds`);
    }
    // The application's clock will do: it only limits how long the token is of use.
    const issuedAt = Math.floor(Date.now() / 1_000);
    const expires = issuedAt + ttlSeconds;
    const token = await new SignJWT({ scope: scopes.join(' '), rtl: retailer })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(parties.issuer)
      .setAudience(parties.audience)
      .setSubject(memberId)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(expires)
      .sign(this.key);
    return { token, expiresAt: new Date(expires * 1_000).toISOString() };
  }

  /** Whether a token was signed by us, be it out of date by now. */
  async isOurs(token: string): Promise<boolean> {
    return compactVerify(token, this.key, { algorithms: ['HS256'] }).then(
      () => true,
      () => false,
    );
  }

  /** The member a token speaks for, or undefined when it is not a valid one of ours. */
  async verify(token: string): Promise<Caller | undefined> {
    const verified = await jwtVerify(token, this.key, {
      ...parties,
      algorithms: ['HS256'],
      clockTolerance: CLOCK_TOLERANCE,
      maxTokenAge: LIFETIME_MAX,
      requiredClaims: ['sub', 'jti', 'exp', 'iat', 'scope', 'rtl'],
    }).catch(() => undefined);
    if (verified === undefined) return undefined;
    const { sub, jti, scope, rtl } = verified.payload;
    if (sub === undefined || jti === undefined || !isMemberId(sub)) return undefined;
    if (typeof scope !== 'string' || typeof rtl !== 'string') return undefined;
    return {
      kind: 'member',
      id: `m/${sub}`,
      retailer: rtl,
      memberId: sub,
      actor: `member/${jti}`,
      permissions: new Set(scope.split(' ').filter(isMemberScope)),
    };
  }
}
