import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { PurchaseReferences } from '../../accrual/purchase-references.service.js';
import { parsePublicId, publicId, type RowAddress } from '../../ledger/address.js';
import type { Posted } from '../../ledger/command.js';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { MembersService } from '../../members/members.service.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import {
  answerCommand,
  inCommand,
  outCommand,
  retailerOf,
  type ConversionRequest,
} from './conversion-command.reader.js';
import { ConversionsQueries, type Answer, type ConversionRow } from './conversions.queries.js';
import type {
  AgreementGiven,
  ConversionsPage,
  ConvertOwnPoints,
  ConvertPoints,
  ConvertUnits,
  PreviewUnits,
} from './conversions.requests.js';

export interface KeyedConversion extends ConversionRequest {
  idempotencyKey: string;
}

/** A page of conversions, and the cursor of the one after. */
export interface Conversions {
  rows: ConversionRow[];
  next: string | null;
  now: number;
}

const PAGE = 50;
/** Behind every number of a posting. */
const NUMBER_MAX = 2_147_483_647;

/** Points that become units of partners' currencies, and units that become points. */
@Injectable()
export class ConversionsService {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(LedgerQueries) private readonly postings: LedgerQueries,
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(PurchaseReferences) private readonly references: PurchaseReferences,
    @Inject(ConversionsQueries) private readonly conversions: ConversionsQueries,
  ) {}

  /** What `convert` would answer now; nothing is written and no key is used. */
  async quote(
    memberId: string,
    asked: ConvertOwnPoints,
    request: ConversionRequest,
  ): Promise<Posted> {
    return this.ledger.submit({ ...outCommand(asked, { ...request, memberId }), dryRun: true });
  }

  /** Holds the points of a member who asks with a token. */
  async convertOwn(
    memberId: string,
    asked: ConvertOwnPoints,
    request: KeyedConversion,
  ): Promise<Posted> {
    return this.hold(memberId, asked, request);
  }

  /** Holds the points of a member who has asked a retailer for it. */
  async convert(asked: ConvertPoints, request: KeyedConversion): Promise<Posted> {
    const { member, agreement, ...wanted } = asked;
    const memberId = await this.members.resolve(member, request.caller);
    return this.hold(memberId, wanted, request, agreement);
  }

  /** What `convertUnits` would answer now. */
  async preview(asked: PreviewUnits, request: ConversionRequest): Promise<Posted> {
    const memberId = await this.members.resolve(asked.member, request.caller);
    return this.ledger.submit({ ...inCommand(asked, { ...request, memberId }), dryRun: true });
  }

  /** Books units that a partner has taken, once; its reference is the partner's for ever. */
  async convertUnits(asked: ConvertUnits, request: KeyedConversion): Promise<Posted> {
    const { member, agreement, ...wanted } = asked;
    const memberId = await this.members.resolve(member, request.caller);
    const reference = this.references.of(request.caller, wanted.reference);
    const command = inCommand(wanted, { ...request, memberId, agreement }, reference);
    const body = bodyHash({ ...wanted, agreement, memberId });
    const idempotency = { key: request.idempotencyKey, bodyHash: body };
    return this.ledger.submit({ ...command, idempotency, reference });
  }

  /** Takes the points, as the partner gives the units under its reference. */
  async confirm(id: string, reference: string, request: KeyedConversion): Promise<Posted> {
    const { caller } = request;
    return this.answer('confirmed', id, request, this.references.of(caller, reference));
  }

  /** Gives the points back, as the partner gives no units. */
  async fail(id: string, request: KeyedConversion): Promise<Posted> {
    return this.answer('failed', id, request);
  }

  /** A conversion that the caller may see. */
  async conversion(id: string, caller: Caller): Promise<ConversionRow> {
    const address = parsePublicId('cnv', id);
    const row = address === undefined ? undefined : await this.conversions.conversion(address);
    if (row === undefined || !isSeenBy(caller, row)) {
      throw new DomainError('not_found', 'There is no such conversion.');
    }
    return row;
  }

  async ofMember(memberId: string, page: ConversionsPage): Promise<Conversions> {
    const limit = limitOf(page);
    const behind = page.cursor === undefined ? NUMBER_MAX : addressOf(page.cursor).seq;
    return this.page(await this.conversions.ofMember(memberId, behind, limit), limit);
  }

  async ofRetailer(caller: Caller, page: ConversionsPage): Promise<Conversions> {
    const limit = limitOf(page);
    const retailer = retailerOf(caller);
    const last = page.cursor === undefined ? undefined : addressOf(page.cursor);
    const behind = last && (await this.conversions.conversion(last));
    if (last !== undefined && behind === undefined) throw wrongCursor();
    return this.page(await this.conversions.ofRetailer(retailer, behind, limit), limit);
  }

  async now(): Promise<number> {
    return this.postings.now();
  }

  private async hold(
    memberId: string,
    { currency, points }: ConvertOwnPoints,
    request: KeyedConversion,
    agreement?: AgreementGiven,
  ): Promise<Posted> {
    const asked = { currency, points };
    const body = bodyHash({ ...asked, ...(agreement !== undefined && { agreement }), memberId });
    return this.ledger.submit({
      ...outCommand(asked, { ...request, memberId, agreement }),
      idempotency: { key: request.idempotencyKey, bodyHash: body },
    });
  }

  private async answer(
    answer: Answer,
    id: string,
    request: KeyedConversion,
    reference?: { retailer: string; hmac: string },
  ): Promise<Posted> {
    const row = await this.conversion(id, request.caller);
    if (row.way === 'in') throw new DomainError('not_found', 'There is no such conversion.');
    const { memberId, seq } = row;
    const body = bodyHash({ memberId, seq, ...(reference && { reference: reference.hmac }) });
    return this.ledger.submit({
      ...answerCommand(answer, row, request, reference),
      idempotency: { key: request.idempotencyKey, bodyHash: body },
      ...(reference && { reference }),
    });
  }

  private async page(rows: ConversionRow[], limit: number): Promise<Conversions> {
    const last = rows.length === limit ? rows.at(-1) : undefined;
    const next = last === undefined ? null : publicId('cnv', last);
    return { rows, next, now: await this.now() };
  }
}

const limitOf = ({ limit }: ConversionsPage): number =>
  limit === undefined ? PAGE : Number(limit);

function isSeenBy(caller: Caller, { memberId, retailer, partner }: ConversionRow): boolean {
  if (caller.kind === 'member') return caller.memberId === memberId;
  return caller.retailer !== undefined && [retailer, partner].includes(caller.retailer);
}

function addressOf(cursor: string): RowAddress {
  const address = parsePublicId('cnv', cursor);
  if (address === undefined) throw wrongCursor();
  return address;
}

const wrongCursor = (): DomainError =>
  new DomainError('invalid_request', 'The cursor is not one of this list.', {}, [
    { pointer: '/cursor', code: 'invalid_cursor', detail: 'Use `next` of the page before.' },
  ]);
