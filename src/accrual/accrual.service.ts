import { createHmac, createSecretKey, hash, randomUUID, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { publicId, type RowAddress } from '../ledger/address.js';
import type { AccountFacts, Command, Decision, Moment, Needs, Posted } from '../ledger/command.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { MembersService } from '../members/members.service.js';
import { Secrets } from '../platform/config/secrets.js';
import { bodyHash } from '../platform/http/canonical.js';
import { DomainError } from '../platform/http/domain-error.js';
import { programmeFor, refusalError } from '../programmes/decide.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import type { AccrueAction } from '../rules/actions/accrue.js';
import { act } from '../rules/act.js';
import { countersNeeded } from '../rules/earning/purchase-bonus.js';
import { isStale } from '../rules/spending/settle.js';
import type { State } from '../rules/state.js';
import { checkArithmetic, toPurchase } from './purchase-facts.js';
import { purchaseWriter, PurchasesQueries, type PurchaseRow } from './purchases.queries.js';
import type { RecordPurchase } from './purchases.requests.js';

export interface Request {
  caller: Caller;
  requestId: string;
  idempotencyKey: string;
}

/** Turns purchases into commands of the ledger; the core decides what they are worth. */
@Injectable()
export class AccrualService {
  /** Prepared once: a key given as text is prepared anew for every purchase. */
  private key: KeyObject | undefined;

  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(LedgerQueries) private readonly ledgerQueries: LedgerQueries,
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(PurchasesQueries) private readonly purchases: PurchasesQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(Secrets) private readonly secrets: Secrets,
  ) {}

  /** Books a purchase once; the same key again answers with the same posting. */
  async record(purchase: RecordPurchase, request: Request): Promise<Posted> {
    return this.submit(purchase, await this.resolve(purchase), request);
  }

  /** The member a purchase names; 404 when there is none. */
  resolve({ member }: RecordPurchase): Promise<string> | string {
    return member.id !== undefined && Object.keys(member).length === 1
      ? this.members.resolveId(member.id)
      : this.members.resolve(member);
  }

  /** Books a purchase for a resolved member. Purchases are decided in the order of these calls. */
  async submit(purchase: RecordPurchase, memberId: string, request: Request): Promise<Posted> {
    this.check(purchase);
    const retailer = retailerOf(request.caller);
    const hmac = this.referenceHmac(retailer, purchase.reference);
    const command: Command = {
      ...this.command(purchase, memberId, request, { retailer, hmac }),
      idempotency: { key: request.idempotencyKey, bodyHash: bodyHash(purchase) },
      reference: { retailer, hmac },
    };
    try {
      return await this.ledger.submit(command);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'duplicate_reference') {
        throw await this.alreadyBooked(error, retailer, hmac);
      }
      throw error;
    }
  }

  /** What `record` would answer now; nothing is written and no key is used. */
  async preview(purchase: RecordPurchase, caller: Caller, requestId: string): Promise<Posted> {
    this.check(purchase);
    const memberId = await this.resolve(purchase);
    return this.ledger.submit({
      ...this.command(purchase, memberId, { caller, requestId }),
      dryRun: true,
    });
  }

  private check(purchase: RecordPurchase): void {
    const occurredAt = Date.parse(purchase.occurredAt);
    checkArithmetic(
      purchase,
      (this.programmes.at(occurredAt) ?? this.programmes.at(Infinity))?.currency,
    );
  }

  private command(
    purchase: RecordPurchase,
    memberId: string,
    { caller, requestId }: Pick<Request, 'caller' | 'requestId'>,
    reference?: { retailer: string; hmac: string },
  ): Command {
    const occurredAt = Date.parse(purchase.occurredAt);
    const facts = toPurchase(purchase);
    const actionAt = (now: number): AccrueAction => ({
      kind: 'accrue',
      at: now,
      occurredAt,
      purchase: facts,
    });
    return {
      memberIds: [memberId],
      caller: caller.id,
      operation: 'purchase',
      actor: caller.actor,
      requestId,
      foreseen: (programmes) => {
        const programme = programmes.at(occurredAt);
        if (programme === undefined) return { counters: [], facts: [memberFacts] };
        // In time for all that is known here; a late event needs the counters of today.
        const counters = countersNeeded(programme, { newestAt: null }, actionAt(occurredAt));
        return { counters, facts: [memberFacts] };
      },
      needs: (account: AccountFacts, { now, programmes }: Moment): Needs => ({
        spending: isStale(account, now),
        counters: countersNeeded(programmeFor(programmes, occurredAt, now), account, actionAt(now)),
        facts: [memberFacts],
      }),
      decide: (state: State, { now, programmes }: Moment): Decision => {
        const programme = programmeFor(programmes, occurredAt, now);
        const outcome = act(programme, state, actionAt(now));
        if (outcome.refusal?.pointer !== undefined) throw refusalError(outcome.refusal);
        const seq = outcome.postings.at(-1)?.seq;
        if (outcome.refusal !== undefined || reference === undefined || seq === undefined) {
          return { outcome, owned: [] };
        }
        const { row, digest } = purchaseRow(purchase, { memberId, seq }, reference);
        return {
          outcome,
          owned: [{ writer: purchaseWriter, rows: [row] }],
          contentDigest: digest,
        };
      },
    };
  }

  private referenceHmac(retailer: string, reference: string): string {
    this.key ??= createSecretKey(this.secrets.handle, 'utf8');
    return createHmac('sha256', this.key)
      .update(`reference:${retailer}:${reference}`)
      .digest('hex');
  }

  private async alreadyBooked(
    error: DomainError,
    retailer: string,
    hmac: string,
  ): Promise<DomainError> {
    const memberId = await this.ledgerQueries.memberOfReference(retailer, hmac);
    if (memberId === undefined) return error;
    const seq = await this.purchases.byReference(memberId, retailer, hmac);
    if (seq === undefined) return error;
    const purchase = publicId('pur', { memberId, seq });
    return new DomainError(error.code, error.message, { purchase }, [
      { pointer: '/reference', code: error.code, detail: 'Booked under another key.' },
    ]);
  }
}

/** The digest in the chain is salted, so erasing the row leaves nothing to guess from. */
function purchaseRow(
  purchase: RecordPurchase,
  { memberId, seq }: RowAddress,
  { retailer, hmac }: { retailer: string; hmac: string },
): { row: PurchaseRow; digest: string } {
  const { lines, tenders, location, merchantCategoryCode } = purchase;
  const content = JSON.stringify({ lines, tenders, location, merchantCategoryCode });
  // A version 4 UUID is 122 random bits, drawn from a pool that is cheap at every purchase.
  const salt = randomUUID().replaceAll('-', '');
  const digest = hash('sha256', salt + content, 'hex');
  const { reference } = purchase;
  const occurredAt = Date.parse(purchase.occurredAt);
  return { row: { memberId, seq, retailer, reference, hmac, occurredAt, content, salt }, digest };
}

/** The retailer a purchase is posted for; keys of retailers only reach this. */
function retailerOf(caller: Caller): string {
  if (caller.retailer === undefined)
    throw new DomainError('forbidden', 'Retailers post purchases.');
  return caller.retailer;
}
