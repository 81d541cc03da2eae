/** Silence becomes a posting: the stage a member has come to. It moves no points. */
import { NO_RULE, WHOLE_EVENT } from '../explanation.js';
import type { Outcome, PostingDraft } from '../outcome.js';
import type { Programme } from '../programme.js';
import { blank, type Settled } from '../spending/settle.js';
import { silenceOf, stepsBy } from './silence.js';

export interface GrowSilentAction {
  kind: 'grow_silent';
  /** The database's now. */
  at: number;
  /** Up to when a silence is counted; not later than `at`. */
  asOf: number;
  /** The version in force then, which says which stages there are. */
  version: Programme;
}

/** Posts every stage that the silence has reached, each dated when it began. */
export function growSilent(settled: Settled, { asOf, version }: GrowSilentAction): Outcome {
  let { member } = settled;
  const { presence, status } = member;
  if (presence === undefined) throw new Error('invariant: a silence is decided on what is known');
  const postings: PostingDraft[] = [...settled.postings];
  const silence = silenceOf(member, presence);
  const steps = status === 'active' ? stepsBy(version, silence, asOf) : [];
  for (const { terms, at } of steps) {
    const { stage, days } = terms;
    const from = member.presence?.stage ?? 'active';
    const next = { ...presence, stage, silentFrom: silence.lastAct };
    member = { ...member, version: member.version + 1, presence: next };
    postings.push({
      ...blank(version, member, at),
      kind: 'stage',
      explanation: [[NO_RULE, WHOLE_EVENT, 'stage_reached', '0', `${stage}/${String(days)}`]],
      stage: { from, stage, silentFrom: silence.lastAct },
    });
  }
  return { state: { members: [member] }, postings };
}
