import { HttpStatus, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { parsePublicId, publicId, type RowAddress } from '../ledger/address.js';
import type { Posted } from '../ledger/command.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { MembersService } from '../members/members.service.js';
import { DomainError } from '../platform/http/domain-error.js';
import { answered, markReplay } from '../programmes/decide.js';
import type { Renewal } from '../rules/state.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import type { ApprovalPage, RenewPoints, RequestAdjustment } from './adjustments.requests.js';
import {
  AdjustmentsService,
  staffIdOf,
  type AdjustmentRequest,
  type Wanted,
} from './adjustments.service.js';
import {
  adjustmentView,
  approvalView,
  askedView,
  kindOf,
  type AdjustmentView,
  type ApprovalsView,
  type ApprovalView,
} from './adjustments.views.js';
import { ApprovalsQueries, type StoredApproval } from './approvals.queries.js';
import { NotesQueries } from './notes.queries.js';

const PAGE = 50;

/** Public ids and members in, views or stored refusals out. */
@Injectable()
export class AdjustmentDesk {
  constructor(
    @Inject(AdjustmentsService) private readonly adjustments: AdjustmentsService,
    @Inject(ApprovalsQueries) private readonly approvals: ApprovalsQueries,
    @Inject(NotesQueries) private readonly notes: NotesQueries,
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
  ) {}

  /** 202 with the approval when a second person is needed. */
  async request(
    { member, points, reason, note }: RequestAdjustment,
    request: AdjustmentRequest,
    reply: FastifyReply,
  ): Promise<AdjustmentView | ApprovalView> {
    if (points === 0) throw noPoints();
    const memberId = await this.members.resolve(member, request.caller);
    return this.ask({ memberId, points, reason, note }, request, reply);
  }

  /** Brings back points that went, or lets some go later; 202 as above. */
  async renew(
    id: string,
    kind: Renewal['kind'],
    { points, lastDay, reason, note }: RenewPoints,
    request: AdjustmentRequest,
    reply: FastifyReply,
  ): Promise<AdjustmentView | ApprovalView> {
    const memberId = await this.members.resolve({ id }, request.caller);
    const renewal = { kind, lastDay };
    return this.ask({ memberId, points, reason, note, renewal }, request, reply);
  }

  private async ask(
    wanted: Wanted,
    request: AdjustmentRequest,
    reply: FastifyReply,
  ): Promise<AdjustmentView | ApprovalView> {
    const posted = await this.adjustments.request(wanted, request);
    if (posted.postings.length > 0) return this.answer(posted, reply);
    const { memberId, renewal } = wanted;
    const userId = staffIdOf(request.caller);
    const kind = renewal?.kind ?? 'adjust';
    const key = request.idempotencyKey;
    const asked = await this.approvals.askedUnder(memberId, userId, key, kind);
    if (asked === undefined) throw new Error('invariant: a request that posts nothing asks');
    void reply.status(HttpStatus.ACCEPTED);
    markReplay(posted, reply);
    return askedView(asked, await this.programmes.inForce());
  }

  async approve(
    id: string,
    request: AdjustmentRequest,
    reply: FastifyReply,
  ): Promise<AdjustmentView> {
    const approval = await this.stored(id);
    return this.answer(await this.adjustments.decide('approve', approval, request), reply);
  }

  async reject(id: string, request: AdjustmentRequest, reply: FastifyReply): Promise<ApprovalView> {
    const posted = await this.adjustments.decide('reject', await this.stored(id), request);
    markReplay(posted, reply);
    return this.approval(id);
  }

  async approval(id: string): Promise<ApprovalView> {
    return approvalView(await this.stored(id), await this.programmes.inForce());
  }

  async page(page: ApprovalPage): Promise<ApprovalsView> {
    const limit = page.limit === undefined ? PAGE : Number(page.limit);
    const after = page.cursor === undefined ? undefined : cursorOf(page.cursor);
    const found = await this.approvals.page(page.state, after, limit);
    const programme = await this.programmes.inForce();
    const last = found.at(-1);
    const isFull = found.length === limit && last !== undefined;
    return {
      items: found.map((each) => approvalView(each, programme)),
      next: isFull ? publicId('apr', { memberId: last.memberId, seq: last.n }) : null,
    };
  }

  /** An adjustment by its posting. */
  async adjustment(id: string): Promise<AdjustmentView> {
    const address = parsePublicId('pst', id);
    const posting = address === undefined ? undefined : await this.ledger.posting(address);
    if (posting === undefined || kindOf(posting) === undefined) {
      throw new DomainError('not_found', 'There is no such adjustment.');
    }
    const note = await this.notes.note(posting.memberId, posting.contentDigest);
    return adjustmentView(posting, this.programmes.version(posting.versionNo), note);
  }

  private async answer(posted: Posted, reply: FastifyReply): Promise<AdjustmentView> {
    return this.adjustment(publicId('pst', answered(posted, reply)));
  }

  private async stored(id: string): Promise<StoredApproval> {
    const address = parsePublicId('apr', id);
    const approval = address === undefined ? undefined : await this.approvals.approval(address);
    if (approval === undefined) throw new DomainError('not_found', 'There is no such approval.');
    return approval;
  }
}

function cursorOf(cursor: string): RowAddress {
  const address = parsePublicId('apr', cursor);
  if (address !== undefined) return address;
  throw new DomainError('invalid_request', 'The cursor is not one of this list.', {}, [
    { pointer: '/cursor', code: 'invalid_cursor', detail: 'Use `next` of the page before.' },
  ]);
}

function noPoints(): DomainError {
  return new DomainError('invalid_request', 'An adjustment gives or takes points.', {}, [
    { pointer: '/points', code: 'not_zero', detail: 'Give a number other than 0.' },
  ]);
}
