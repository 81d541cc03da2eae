import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { bucketOf } from '../ledger/address.js';
import type {
  AccountFacts,
  Command,
  Decision,
  FactReader,
  Moment,
  Needs,
  OwnedRows,
  Posted,
} from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { memberFactsFor } from '../members/member-facts.queries.js';
import { MembersService } from '../members/members.service.js';
import { groupsSaid, signalRows } from '../members/signals/signals.js';
import { signalWriter } from '../members/signals/signals.queries.js';
import { Secrets } from '../platform/config/secrets.js';
import { offerFactsFor } from '../partner-offers/offers/offer-facts.queries.js';
import { bodyHash } from '../platform/http/canonical.js';
import { DomainError, within } from '../platform/http/domain-error.js';
import { programmeFor, refusalError } from '../programmes/decide.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { act, refuseWhole } from '../rules/act.js';
import { limitsThere, placeOf } from '../rules/offers/draws.js';
import { blocksAt } from '../rules/partners/draw.js';
import { withTraits } from '../rules/traits.js';
import type { Outcome } from '../rules/outcome.js';
import type { MemberState, State } from '../rules/state.js';
import { luckUnder } from './luck.js';
import { checkArithmetic, toPurchase } from './purchase-facts.js';
import { keptOf, purchaseRow, type Happened } from './purchase-row.js';
import { actionOf, countersOf, needsOf, usedRedemptions } from './purchase-action.reader.js';
import { PurchaseReferences, type PurchaseReference } from './purchase-references.service.js';
import { purchaseWriter } from './purchases.queries.js';
import type { PurchaseInput, RecordPurchase } from './purchases.requests.js';

export interface Request {
  caller: Caller;
  requestId: string;
  idempotencyKey: string;
}

/** Where a purchase taken in exchange stands in its request. */
const EXCHANGE = '/exchange';

/** Turns purchases into commands of the ledger; the core decides what they are worth. */
@Injectable()
export class AccrualService {
  private readonly luckOf: ReturnType<typeof luckUnder>;

  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(PurchaseReferences) private readonly references: PurchaseReferences,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(Secrets) private readonly secrets: Secrets,
  ) {
    this.luckOf = luckUnder(secrets.handle);
  }

  /** Books a purchase once; the same key again answers with the same posting. */
  async record(purchase: RecordPurchase, request: Request): Promise<Posted> {
    return this.submit(purchase, await this.resolve(purchase, request.caller), request);
  }

  /** The member a purchase names; 404 when there is none. */
  resolve({ member }: Pick<RecordPurchase, 'member'>, caller: Caller): Promise<string> | string {
    return member.id !== undefined && Object.keys(member).length === 1
      ? this.members.resolveId(member.id)
      : this.members.resolve(member, caller);
  }

  /** Books a purchase for a resolved member. Purchases are decided in the order of these calls. */
  async submit(purchase: RecordPurchase, memberId: string, request: Request): Promise<Posted> {
    this.check(purchase);
    const { caller, idempotencyKey: key } = request;
    const reference = this.references.of(caller, purchase.reference);
    const command = this.command(purchase, memberId, request, reference);
    return this.once(reference, { ...command, idempotency: { key, bodyHash: bodyHash(purchase) } });
  }

  /** Submits a command that books a purchase; a reference used before names what it booked. */
  async once(reference: PurchaseReference, command: Command): Promise<Posted> {
    try {
      return await this.ledger.submit({ ...command, reference });
    } catch (error) {
      if (error instanceof DomainError && error.code === 'duplicate_reference') {
        throw await this.references.alreadyBooked(error, reference);
      }
      throw error;
    }
  }

  /** What `record` would answer now; nothing is written and no key is used. */
  async preview(purchase: RecordPurchase, caller: Caller, requestId: string): Promise<Posted> {
    this.check(purchase);
    const memberId = await this.resolve(purchase, caller);
    return this.ledger.submit({
      ...this.command(purchase, memberId, { caller, requestId }),
      dryRun: true,
    });
  }

  /** Refuses a purchase whose amounts do not add up. */
  check(purchase: PurchaseInput): void {
    const occurredAt = Date.parse(purchase.occurredAt);
    checkArithmetic(
      purchase,
      (this.programmes.at(occurredAt) ?? this.programmes.at(Infinity))?.currency,
    );
  }

  /**
   * A purchase as a command of the ledger, to be written under a reference or not at all; what is not
   * written draws no surprise.
   */
  command(
    purchase: Happened,
    memberId: string,
    { caller, requestId }: Pick<Request, 'caller' | 'requestId'>,
    reference?: PurchaseReference,
  ): Command & { occurredAt: number } {
    const occurredAt = Date.parse(purchase.occurredAt);
    const redemptions = usedRedemptions(purchase, memberId);
    const facts = toPurchase(purchase, caller.retailer);
    const who = { memberId, location: purchase.location };
    const luck = reference === undefined ? undefined : this.luckOf(memberId);
    const groups = groupsSaid(this.secrets.handle, purchase.signals);
    const countersAt = countersOf(facts, occurredAt);
    return {
      memberIds: [memberId],
      caller: caller.id,
      operation: 'purchase',
      actor: caller.actor,
      requestId,
      // Whoever submits it fills them in: one that is there is changed for a fraction of adding it.
      idempotency: undefined,
      reference: undefined,
      occurredAt,
      foreseen: (programmes) => {
        const programme = programmes.at(occurredAt, who);
        const facts = [memberFactsFor(programme), ...offerFactsFor(programme, occurredAt, luck)];
        if (programme === undefined) return { counters: [], facts };
        // In time for all that is known here; a late purchase needs other facts.
        return { counters: countersAt(programme, programmes.at(Infinity), occurredAt), facts };
      },
      needs: (account: AccountFacts, moment: Moment): Needs =>
        needsOf(account, moment, {
          facts,
          occurredAt,
          redemptions,
          who,
          luck,
          groups,
          countersAt,
        }),
      decide: (state: State, { now, programmes }: Moment): Decision => {
        const programme = programmeFor(programmes, occurredAt, now, who);
        const event = { at: now, occurredAt, luck, groups };
        const known = withTraits(programme, state.members[0], facts, event);
        const action = actionOf(known, { occurredAt, redemptions }, caller, { now, programmes });
        const outcome = act(programme, state, action);
        return this.decision(outcome, keptOf(purchase, known), memberId, reference);
      },
    };
  }

  /** What is written of an accrual beside its postings; a refused one leaves its key for ever. */
  decision(
    outcome: Outcome,
    purchase: Happened,
    memberId: string,
    reference?: PurchaseReference,
  ): Decision {
    if (outcome.refusal?.pointer !== undefined) throw refusalError(outcome.refusal);
    const seq = outcome.postings.at(-1)?.seq;
    if (outcome.refusal !== undefined || reference === undefined || seq === undefined) {
      return { outcome, owned: [] };
    }
    const { row, digest } = purchaseRow(purchase, { memberId, seq }, reference);
    const owner = { bucket: bucketOf(memberId), memberId };
    const signals = signalRows(this.secrets.handle, owner, purchase.signals ?? {});
    const owned: OwnedRows[] = [{ writer: purchaseWriter, rows: [row] }];
    if (signals.length > 0) owned.push({ writer: signalWriter, rows: signals });
    return { outcome, owned, contentDigest: digest };
  }

  /**
   * A purchase taken in exchange, to be decided after a return in the same command. It names that
   * return, and where it is refused neither is booked: the refusal answers for both.
   */
  inExchange(
    purchase: PurchaseInput,
    memberId: string,
    { caller, isPreview }: Pick<Request, 'caller'> & { isPreview: boolean },
  ): {
    occurredAt: number;
    redemptions: readonly number[];
    facts: (moment: Moment) => FactReader[];
    /** Shared limits it may draw from. */
    limits: (member: MemberState, moment: Moment) => readonly string[];
    decide: (before: State, returned: Outcome, owned: OwnedRows[], moment: Moment) => Decision;
  } {
    within(EXCHANGE, () => this.check(purchase));
    const reference = this.references.of(caller, purchase.reference);
    const redemptions = within(EXCHANGE, () => usedRedemptions(purchase, memberId));
    const occurredAt = Date.parse(purchase.occurredAt);
    const facts = toPurchase(purchase, caller.retailer);
    const who = { memberId, location: purchase.location };
    const luck = isPreview ? undefined : this.luckOf(memberId);
    const groups = groupsSaid(this.secrets.handle, purchase.signals);
    return {
      occurredAt,
      redemptions,
      facts: ({ programmes, now }) => {
        const programme = programmeFor(programmes, occurredAt, now, who);
        return [memberFactsFor(programme), ...offerFactsFor(programme, occurredAt, luck)];
      },
      limits: (member, { programmes, now }) => {
        const programme = programmeFor(programmes, occurredAt, now, who);
        const known = withTraits(programme, member, facts, { at: now, occurredAt, luck, groups });
        return limitsThere(programme, placeOf(known, occurredAt));
      },
      decide: (before, returned, owned, moment) => {
        const exchangeOf = returned.postings.at(-1)?.seq;
        const when = { occurredAt, redemptions };
        const programme = programmeFor(moment.programmes, occurredAt, moment.now, who);
        const event = { at: moment.now, occurredAt, luck, groups };
        const known = withTraits(programme, returned.state.members[0], facts, event);
        const action = { ...actionOf(known, when, caller, moment), exchangeOf };
        const rest = blocksAt({ left: before.rest }, returned.postings).left;
        const outcome = act(programme, { ...returned.state, rest }, action);
        const kept = keptOf(purchase, known);
        const decision = within(EXCHANGE, () => this.decision(outcome, kept, memberId, reference));
        if (outcome.refusal !== undefined) {
          const refused = refuseWhole(programme, before, action, outcome.refusal);
          return { outcome: { ...refused, short: outcome.short ?? [] }, owned: [] };
        }
        const postings = [...returned.postings, ...outcome.postings];
        const rows = [...owned, ...decision.owned];
        const short = [...(returned.short ?? []), ...(outcome.short ?? [])];
        return { ...decision, outcome: { ...outcome, postings, short }, owned: rows };
      },
    };
  }
}
