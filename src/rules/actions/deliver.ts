/**
 * What becomes of a captured reward that has to be delivered: it is sent and arrives, or it does
 * not, and then its points go back to their lots at once.
 */
import { NO_RULE, WHOLE_EVENT } from '../explanation.js';
import { givenBackOf } from '../limits.js';
import type { Programme } from '../programme.js';
import { graceFrom } from '../spending/grace.js';
import { Moves } from '../spending/moves.js';
import { blank, read, refused, withNextChange, type Settled } from '../spending/settle.js';
import type { Outcome, PostingDraft, Refusal } from '../outcome.js';
import type { MemberState, Redemption } from '../state.js';

export interface DeliverAction {
  kind: 'deliver';
  at: number;
  /** Number of the hold posting. */
  redemption: number;
  delivery: 'sent' | 'delivered' | 'failed';
}

/** What may follow what; nothing follows an arrival or a failure. */
const following = {
  pending: ['sent', 'delivered', 'failed'],
  sent: ['delivered', 'failed'],
  delivered: [],
  failed: [],
} as const satisfies Record<string, readonly DeliverAction['delivery'][]>;

export function deliver(programme: Programme, settled: Settled, action: DeliverAction): Outcome {
  const redemption = read(settled.member).redemptions.find(({ seq }) => seq === action.redemption);
  if (redemption === undefined) {
    throw new Error('invariant: the redemption an action names is read before it is decided');
  }
  const refusal = whyNot(redemption, action.delivery);
  if (refusal !== undefined) return refused(programme, settled, action, refusal, redemption.seq);
  if (action.delivery === 'failed') return failed(programme, settled, action, redemption);
  const next = { ...settled.member, version: settled.member.version + 1 };
  const done: Redemption = {
    ...redemption,
    delivery: action.delivery,
    changedSeq: next.version,
  };
  const code = action.delivery === 'sent' ? 'delivery_sent' : 'delivery_arrived';
  const draft: PostingDraft = {
    ...blank(programme, next, action.at),
    kind: 'redeem',
    subjectSeq: redemption.seq,
    explanation: [[NO_RULE, WHOLE_EVENT, code, '0']],
    redemptions: [done],
  };
  const member = withRedemption(next, done);
  return { state: { members: [member] }, postings: [...settled.postings, draft] };
}

/** Points go back to the very lots that paid; where one has expired meanwhile, for a grace. */
function failed(
  programme: Programme,
  { member, postings }: Settled,
  { at }: DeliverAction,
  redemption: Redemption,
): Outcome {
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  const grace = graceFrom(programme, at);
  for (const lot of redemption.lots) moves.giveBack(lot, at, grace);
  const { figures, lots, opened, changed } = moves.done(at);
  const done: Redemption = {
    ...redemption,
    state: 'released',
    delivery: 'failed',
    changedSeq: seq,
    lots: [],
    shared: undefined,
    backAt: undefined,
  };
  const next = withNextChange(
    withRedemption({ ...member, ...figures, version: seq, lots }, done),
    at,
  );
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'release',
    subjectSeq: redemption.seq,
    explanation: [[NO_RULE, WHOLE_EVENT, 'delivery_failed', '0', redemption.points]],
    entries: moves.entries,
    opened,
    changed,
    redemptions: [done],
    shared: givenBackOf(redemption.shared ?? []),
  };
  return { state: { members: [next] }, postings: [...postings, draft] };
}

function withRedemption(member: MemberState, done: Redemption): MemberState {
  const redemptions = member.redemptions?.map((each) => (each.seq === done.seq ? done : each));
  return { ...member, redemptions };
}

function whyNot(
  { state, delivery }: Redemption,
  wanted: DeliverAction['delivery'],
): Refusal | undefined {
  if (delivery === undefined || state !== 'captured')
    return { code: 'not_on_its_way', details: {} };
  const allowed: readonly string[] = following[delivery];
  if (allowed.includes(wanted)) return undefined;
  return { code: 'delivery_is_over', details: { delivery } };
}
