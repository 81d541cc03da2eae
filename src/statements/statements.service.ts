import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { isMemberId, parsePublicId, publicId } from '../ledger/address.js';
import { HistoryQueries } from '../ledger/history/history.queries.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { unknownMember } from '../ledger/ledger.errors.js';
import type { Posting } from '../ledger/posting.js';
import { MembersService } from '../members/members.service.js';
import { memberStatuses } from '../members/members.views.js';
import { DomainError } from '../platform/http/domain-error.js';
import { Shown } from '../platform/openapi/view.decorator.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { letsWait } from '../rules/partners/terms.js';
import type { Programme } from '../rules/programme.js';
import { StandingsService } from '../tiers/standings.service.js';
import { StandingView, type StandingHistoryView } from '../tiers/tiers.views.js';
import { ReadingsService } from './readings.service.js';
import type { BalanceAt, LedgerPage } from './statements.requests.js';
import {
  balanceView,
  explanationView,
  postingView,
  type BalanceView,
  type ExplanationView,
  type LedgerPageView,
} from './statements.views.js';

export class MemberView extends StandingView {
  @Shown('memberId')
  id: string;

  @Shown({ enum: [...memberStatuses] })
  status: string;

  @Shown('instant')
  enrolledAt: string;

  @Shown('whole', 'Points that can be spent.')
  available: number;
}

const PAGE = 50;

/** Whether points have ever waited for partners; where they have not, nothing is read of it. */
const mayWait = (versions: readonly Programme[]): boolean =>
  versions.some(({ partners }) => letsWait(partners));

/** What members, retailers and staff read about a member's points. */
@Injectable()
export class StatementsService {
  constructor(
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
    @Inject(HistoryQueries) private readonly history: HistoryQueries,
    @Inject(ReadingsService) private readonly readings: ReadingsService,
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(StandingsService) private readonly standings: StandingsService,
  ) {}

  async member(memberId: string): Promise<MemberView> {
    const { status, enrolledAt } = await this.members.membership(memberId);
    const { available } = await this.balance(memberId, {});
    const { tier, qualifyingPoints, next } = await this.standing(memberId);
    return {
      id: memberId,
      status,
      enrolledAt: new Date(enrolledAt).toISOString(),
      available,
      tier,
      qualifyingPoints,
      next,
    };
  }

  async balance(memberId: string, instants: BalanceAt): Promise<BalanceView> {
    if (instants.asOf === undefined && instants.validAt === undefined) {
      const waiting = this.programmes.ofAll(mayWait) ? await this.history.waitingNow(memberId) : 0n;
      const reading = isMemberId(memberId) ? await this.readings.current(memberId) : undefined;
      if (reading === undefined) throw unknownMember();
      return balanceView(memberId, reading, waiting);
    }
    await this.members.membership(memberId);
    const now = await this.ledger.now();
    const { asOf = now, validAt } = instantsUpTo(now, instants);
    const waiting = this.programmes.ofAll(mayWait)
      ? await this.history.waitingAt(memberId, { asOf, validAt: validAt ?? asOf })
      : 0n;
    if (validAt === undefined) {
      return balanceView(memberId, await this.readings.asOf(memberId, asOf), waiting);
    }
    return balanceView(memberId, await this.history.balance(memberId, { asOf, validAt }), waiting);
  }

  async standing(memberId: string): Promise<StandingHistoryView> {
    return this.standings.standing(memberId);
  }

  /** Newest first. A retailer sees the postings it asked for itself; members and staff see all. */
  async ledgerPage(memberId: string, page: LedgerPage, caller: Caller): Promise<LedgerPageView> {
    await this.members.membership(memberId);
    const limit = page.limit === undefined ? PAGE : Number(page.limit);
    const before = page.cursor === undefined ? undefined : this.cursor(memberId, page.cursor);
    const isPast = page.asOf !== undefined || page.validAt !== undefined;
    const postings = await this.history.page(memberId, {
      ...(isPast && instantsUpTo(await this.ledger.now(), page)),
      before,
      limit,
      caller: caller.kind === 'retailer' ? caller.id : undefined,
    });
    const views = postings.map((posting) => postingView(posting));
    const last = postings.at(-1);
    const isFull = postings.length === limit && last !== undefined;
    return { postings: views, next: isFull ? publicId('pst', last) : null };
  }

  /** Why a posting has the points it has; for whoever may see the posting. */
  async explanation(id: string, caller: Caller): Promise<ExplanationView> {
    const address = parsePublicId('pst', id);
    const posting = address === undefined ? undefined : await this.ledger.posting(address);
    if (posting === undefined || !(await this.mayRead(posting, caller))) {
      throw new DomainError('not_found', 'There is no such posting.');
    }
    const programme = this.programmes.version(posting.versionNo);
    return explanationView(posting, programme, caller.kind === 'user');
  }

  /** A retailer reads what it asked for, and what became of its purchases. */
  private async mayRead(posting: Posting, caller: Caller): Promise<boolean> {
    if (caller.kind === 'user') return true;
    if (caller.kind === 'member') return posting.memberId === caller.memberId;
    if (posting.kind !== 'correct') return posting.caller === caller.id;
    const { memberId, subjectSeq } = posting;
    const subject = await this.ledger.posting({ memberId, seq: subjectSeq ?? 0 });
    return subject?.caller === caller.id;
  }

  private cursor(memberId: string, cursor: string): number {
    const address = parsePublicId('pst', cursor);
    if (address?.memberId === memberId) return address.seq;
    throw new DomainError('invalid_request', 'The cursor is not one of this statement.', {}, [
      { pointer: '/cursor', code: 'invalid_cursor', detail: 'Use `next` of the page before.' },
    ]);
  }
}

/** The instants asked for, in milliseconds; what is still to come cannot be asked. */
function instantsUpTo(
  now: number,
  asked: BalanceAt,
): { asOf?: number | undefined; validAt?: number | undefined } {
  const read = (field: keyof BalanceAt, code: 'as_of_in_future' | 'valid_at_in_future') => {
    const text = asked[field];
    const at = text === undefined ? undefined : Date.parse(text);
    if (at === undefined || at <= now) return at;
    throw new DomainError(code, 'The past can be asked, and now.', {}, [
      { pointer: `/${field}`, code, detail: 'Later than the server clock.' },
    ]);
  };
  return { asOf: read('asOf', 'as_of_in_future'), validAt: read('validAt', 'valid_at_in_future') };
}
