import { Inject, Injectable } from '@nestjs/common';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { DomainError } from '../platform/http/domain-error.js';
import { Guesses, type Guesser } from '../platform/throttle/guesses.service.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { DAY_MS } from '../rules/period.js';
import type { ReferralTerms } from '../rules/referrals/terms.js';
import { readCode } from './code.js';
import { ReferralsQueries } from './referrals.queries.js';

/** A code somebody presents, with what it promises now. */
export interface Offered {
  referrer: string;
  terms: ReferralTerms;
  versionNo: number;
  now: number;
  /** How long after the claim it is waited for purchases, late ones included. */
  endsAfterMs: number;
  /** The field that named the code. */
  pointer: string;
}

/** Whose a code is, and what it is good for. */
@Injectable()
export class ReferralCodes {
  constructor(
    @Inject(ReferralsQueries) private readonly queries: ReferralsQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
    @Inject(Guesses) private readonly guesses: Guesses,
  ) {}

  /** What the programme in force pays for friends now. */
  async terms(): Promise<ReferralTerms | undefined> {
    const [{ referral }, now] = await Promise.all([this.programmes.inForce(), this.ledger.now()]);
    const isOpen = referral !== undefined && now >= referral.from && now < referral.until;
    return isOpen ? referral : undefined;
  }

  /** The owner of a code; wrong ones are counted, and whoever guesses is turned away. */
  async offered(code: string, caller: Guesser, pointer: string): Promise<Offered> {
    const [programme, now, terms] = await Promise.all([
      this.programmes.inForce(),
      this.ledger.now(),
      this.terms(),
    ]);
    if (terms === undefined) {
      throw refusal('referral_not_offered', 'The programme pays for no friends now.', pointer);
    }
    const referrer = await this.guesses.attempt('vouchers', caller, isUnknownCode, async () => {
      const owner = await this.queries.ownerOf(readCode(code));
      if (owner === undefined) {
        throw refusal('unknown_referral_code', 'There is no such code.', pointer);
      }
      return owner;
    });
    const endsAfterMs = terms.qualifyMs + programme.late.windowDays * DAY_MS;
    return { referrer, terms, versionNo: programme.no, now, endsAfterMs, pointer };
  }
}

const isUnknownCode = (error: unknown): boolean =>
  error instanceof DomainError && error.code === 'unknown_referral_code';

function refusal(
  code: 'referral_not_offered' | 'unknown_referral_code',
  detail: string,
  pointer: string,
): DomainError {
  return new DomainError(code, detail, {}, [{ pointer, code, detail }]);
}
