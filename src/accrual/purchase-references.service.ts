import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { publicId, type RowAddress } from '../ledger/address.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { Secrets } from '../platform/config/secrets.js';
import { DomainError } from '../platform/http/domain-error.js';
import { PurchasesQueries } from './purchases.queries.js';

/** A retailer's own reference of a purchase as the directory knows it: unique for ever. */
export interface PurchaseReference {
  retailer: string;
  hmac: string;
}

/** From the numbers retailers give their purchases to the purchases. */
@Injectable()
export class PurchaseReferences {
  /** Prepared once: a key given as text is prepared anew for every purchase. */
  private key: KeyObject | undefined;

  constructor(
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
    @Inject(PurchasesQueries) private readonly purchases: PurchasesQueries,
    @Inject(Secrets) private readonly secrets: Secrets,
  ) {}

  /**
   * The HMAC survives erasing what was bought; the reference itself does not. Purchases and
   * activities count theirs apart.
   */
  of(caller: Caller, reference: string, of = 'reference'): PurchaseReference {
    const { retailer } = caller;
    if (retailer === undefined) throw new DomainError('forbidden', 'Retailers post purchases.');
    this.key ??= createSecretKey(this.secrets.handle, 'utf8');
    const hmac = createHmac('sha256', this.key)
      .update(`${of}:${retailer}:${reference}`)
      .digest('hex');
    return { retailer, hmac };
  }

  /** The purchase that a reference booked. */
  async booked({ retailer, hmac }: PurchaseReference): Promise<RowAddress | undefined> {
    const memberId = await this.ledger.memberOfReference(retailer, hmac);
    if (memberId === undefined) return undefined;
    const seq = await this.purchases.byReference(memberId, retailer, hmac);
    return seq === undefined ? undefined : { memberId, seq };
  }

  /** The refusal of a reference used before, with what it booked. */
  async alreadyBooked(error: DomainError, reference: PurchaseReference): Promise<DomainError> {
    const address = await this.booked(reference);
    if (address === undefined) return error;
    const purchase = publicId('pur', address);
    return new DomainError(error.code, error.message, { purchase }, [
      { pointer: '/reference', code: error.code, detail: 'Booked under another key.' },
    ]);
  }
}
