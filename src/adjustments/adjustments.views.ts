import { publicId } from '../ledger/address.js';
import { BalanceFigures, balanceOf } from '../ledger/ledger.views.js';
import type { Posting } from '../ledger/posting.js';
import { Shown } from '../platform/openapi/view.decorator.js';
import { NamedView } from '../programmes/views/programmes.views.js';
import { BILLION } from '../rules/points.js';
import type { Programme } from '../rules/programme.js';
import { approvalStates } from './adjustments.requests.js';
import type { StoredApproval } from './approvals.queries.js';

/** What staff do to points: give or take them, bring back what went, let some go later. */
export const adjustmentKinds = ['adjust', 'reinstate', 'extend'] as const;
export type AdjustmentKind = (typeof adjustmentKinds)[number];

export class AdjustmentView {
  @Shown('text')
  posting: string;

  @Shown({ enum: [...adjustmentKinds] })
  kind: AdjustmentKind;

  @Shown('memberId')
  member: string;

  @Shown('whole', 'Positive when given, brought back or extended, negative when taken.')
  points: number;

  @Shown(NamedView)
  reason: NamedView;

  @Shown('text', 'Null when there is none, or when it was erased.', 'nullable')
  note: string | null;

  @Shown('text', 'User id.')
  requestedBy: string;

  @Shown('text', 'The approval it needed; null when it needed none.', 'nullable')
  approval: string | null;

  @Shown('text', 'User id of the second person; null when none was needed.', 'nullable')
  approvedBy: string | null;

  @Shown('instant')
  recordedAt: string;

  @Shown('instant', 'When the points go; null when they stay, or were taken.', 'nullable')
  expiresAt: string | null;

  @Shown('whole')
  programmeVersion: number;

  @Shown(BalanceFigures, 'What the member has right after it.')
  balance: BalanceFigures;
}

export class ApprovalView {
  @Shown('text')
  id: string;

  @Shown({ enum: [...adjustmentKinds] })
  kind: AdjustmentKind;

  @Shown('memberId')
  member: string;

  @Shown('whole', 'Positive to give, bring back or extend, negative to take.')
  points: number;

  @Shown('text', 'Until when points are to be renewed; null to give or take some.', 'nullable')
  lastDay: string | null;

  @Shown(NamedView)
  reason: NamedView;

  @Shown('text', 'Null when there is none, or when it was erased.', 'nullable')
  note: string | null;

  @Shown({ enum: [...approvalStates] })
  state: (typeof approvalStates)[number];

  @Shown('text', 'User id.')
  requestedBy: string;

  @Shown('instant')
  requestedAt: string;

  @Shown('instant', 'From then on it can no longer be decided.')
  lapsesAt: string;

  @Shown('text', 'User id; null while nobody has.', 'nullable')
  decidedBy: string | null;

  @Shown('instant', undefined, 'nullable')
  decidedAt: string | null;

  @Shown('text', 'The adjustment it led to.', 'nullable')
  posting: string | null;
}

export class ApprovalsView {
  @Shown([ApprovalView], 'Newest first.')
  items: ApprovalView[];

  @Shown('text', '`cursor` of the page after; null on the last.', 'nullable')
  next: string | null;
}

const instant = (at: number): string => new Date(at).toISOString();

const named = (programme: Programme | undefined, code: string): NamedView => ({
  code,
  name: programme?.staff.reasons.get(code)?.name ?? code,
});

/** What kind of an adjustment a posting is; undefined = it is none. */
export const kindOf = ({ kind }: Posting): AdjustmentKind | undefined =>
  adjustmentKinds.find((each) => each === kind);

/** An adjustment rendered from its posting, so that a replay renders the same. */
export function adjustmentView(
  posting: Posting,
  programme: Programme,
  note: string | null,
): AdjustmentView {
  const { memberId, seq, effects, explanation } = posting;
  const expiresAt = effects.lots?.find(([lotSeq]) => lotSeq === seq)?.[5];
  const [n, decider] = effects.approval ?? [];
  const kind = kindOf(posting);
  if (kind === undefined) throw new Error('invariant: only adjustments are shown as such');
  return {
    posting: publicId('pst', { memberId, seq }),
    kind,
    member: memberId,
    points:
      kind === 'adjust' ? Number(posting.billionths / BILLION) : Number(effects.uses?.[0]?.[1]),
    reason: named(programme, String(explanation[0]?.[4])),
    note,
    requestedBy: posting.actor.replace('user/', ''),
    approval: n === undefined ? null : publicId('apr', { memberId, seq: Number(n) }),
    approvedBy: decider === undefined ? null : String(decider),
    recordedAt: instant(posting.recordedAt),
    expiresAt: typeof expiresAt === 'number' ? instant(expiresAt) : null,
    programmeVersion: posting.versionNo,
    balance: balanceOf(posting.after),
  };
}

export function approvalView(approval: StoredApproval, programme: Programme): ApprovalView {
  const { memberId, n, decidedAt, postingSeq, state } = approval;
  return {
    id: publicId('apr', { memberId, seq: n }),
    kind: approval.renewal?.kind ?? 'adjust',
    member: memberId,
    points: approval.points,
    lastDay: approval.renewal?.lastDay ?? null,
    reason: named(programme, approval.reason),
    note: approval.note,
    state: state === 'pending' && approval.lapsed ? 'lapsed' : state,
    requestedBy: approval.requester,
    requestedAt: instant(approval.requestedAt),
    lapsesAt: instant(approval.lapsesAt),
    decidedBy: approval.decider,
    decidedAt: decidedAt === null ? null : instant(decidedAt),
    posting: postingSeq === null ? null : publicId('pst', { memberId, seq: postingSeq }),
  };
}

/** The same as it was asked for, whatever became of it since: a key's answer never changes. */
export function askedView(approval: StoredApproval, programme: Programme): ApprovalView {
  const asked = { decider: null, decidedAt: null, postingSeq: null, lapsed: false };
  return approvalView({ ...approval, ...asked, state: 'pending' }, programme);
}
