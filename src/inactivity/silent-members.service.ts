import { Inject, Injectable } from '@nestjs/common';
import { noticesWriter } from '../events/notices/notices.queries.js';
import type { NoticeDraft } from '../events/notices/notice.js';
import { SilencesQueries } from '../ledger/crowds/silences.queries.js';
import type { Command, Decision, OwnedRows } from '../ledger/command.js';
import {
  lookedWriter,
  presenceFacts,
  PresenceQueries,
  type Looked,
  type PresentDue,
} from '../members/presence/presence.queries.js';
import { programmeFor } from '../programmes/decide.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { act } from '../rules/act.js';
import {
  lookAgainAt,
  silenceOf,
  stepsBy,
  type Silence,
  type Step,
} from '../rules/inactivity/silence.js';
import type { Outcome } from '../rules/outcome.js';
import type { Programme } from '../rules/programme.js';
import { isStale } from '../rules/spending/settle.js';

const BY = { caller: 'fealty', actor: 'job/inactivity', requestId: 'job/inactivity' };

/** A member who is due, with what the core would say. */
export interface Judged {
  member: PresentDue;
  steps: Step[];
  lookAt: number;
}

/** What becomes of silent members: found, and the command that posts it. */
@Injectable()
export class SilentMembers {
  constructor(
    @Inject(PresenceQueries) private readonly presences: PresenceQueries,
    @Inject(SilencesQueries) private readonly silences: SilencesQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  /** The version in force at an instant, where it has stages. */
  versionAt(asOf: number): Programme | undefined {
    const version = this.programmes.at(asOf);
    return version === undefined || version.inactivity.length === 0 ? undefined : version;
  }

  /** A page of members to look at, judged by what is known without a lock. */
  async due(
    bucket: number,
    asOf: number,
    page: { after: { memberId: string; dueAt: number } | undefined; limit: number },
  ): Promise<Judged[]> {
    const version = this.versionAt(asOf);
    if (version === undefined) return [];
    const due = await this.presences.due(bucket, asOf, page);
    const heard = await this.silences.heard(due.map(({ memberId }) => memberId));
    return due.map((member) => {
      const account = heard.get(member.memberId) ?? nothing;
      const silence = silenceOf({ ...account, enrolledAt: member.enrolledAt }, member.presence);
      return {
        member,
        steps: stepsBy(version, silence, asOf),
        lookAt: lookAgain(version, silence, asOf),
      };
    });
  }

  /** Nothing to post of them: only when to look again changes. */
  async putOff(judged: readonly Judged[]): Promise<void> {
    await this.presences.putOff(
      judged.map(({ member: { memberId }, lookAt }) => ({ memberId, lookAt })),
    );
  }

  /** Posts the stages a member has come to by an instant, decided on them as they are then. */
  growing(memberId: string, asOf: number): Command {
    return {
      ...BY,
      memberIds: [memberId],
      operation: 'stage',
      needs: (account, { now }) => ({
        spending: isStale(account, now),
        counters: [],
        facts: [presenceFacts],
      }),
      decide: (state, { now, programmes }): Decision => {
        const programme = programmeFor(programmes, now, now);
        const version = programmeFor(programmes, asOf, now);
        const outcome = act(programme, state, { kind: 'grow_silent', at: now, asOf, version });
        return { outcome, owned: ownedBy(outcome, version, { asOf, now }) };
      },
    };
  }
}

const nothing = { heardAt: null, points: 0, held: 0, owed: 0 };

function lookAgain(version: Programme, silence: Silence, asOf: number): number {
  const at = lookAgainAt(version, silence, asOf);
  if (at === undefined)
    throw new Error('invariant: only a version with stages has members looked at');
  return at;
}

function ownedBy(
  { state, postings }: Outcome,
  version: Programme,
  { asOf, now }: { asOf: number; now: number },
): OwnedRows[] {
  const [member] = state.members;
  if (member?.presence === undefined) return [];
  const { memberId, presence } = member;
  const silence = silenceOf(member, presence);
  const { stage, silentFrom } = presence;
  const row: Looked = { memberId, stage, silentFrom, lookAt: lookAgain(version, silence, asOf) };
  const owned: OwnedRows[] = [{ writer: lookedWriter, rows: [row] }];
  const reached = postings.findLast(({ kind }) => kind === 'stage')?.stage;
  const terms = version.inactivity.find((each) => each.stage === reached?.stage);
  if (reached === undefined || terms?.notice === undefined || !presence.mayBeTold) return owned;
  const since = new Date(reached.silentFrom).toISOString();
  const notice: NoticeDraft = {
    memberId,
    kind: `member_${terms.stage}`,
    subject: since,
    ...terms.notice,
    facts: { stage: terms.stage, silentSince: since },
    madeAt: now,
    dueAt: now,
  };
  return [...owned, { writer: noticesWriter, rows: [notice] }];
}
