import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { Role } from '../../src/access/permissions.js';
import { UsersService } from '../../src/access/users.service.js';
import type { AdjustmentView, ApprovalView } from '../../src/adjustments/adjustments.views.js';
import { AppModule } from '../../src/app.module.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import type { Command } from '../../src/ledger/command.js';
import { LedgerService } from '../../src/ledger/ledger.service.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { programmeFor } from '../../src/programmes/decide.js';
import { act } from '../../src/rules/act.js';
import type { ExpiryNotices, Told } from '../../src/rules/expiry/terms.js';
import { Api, expected, type Answer, type Sent } from './api.js';
import { apiProgramme, secrets, type Deployment } from './server.js';

export const limits = { perStaffPerDay: 900, perMemberPerDay: 400, fourEyesAbove: 100 };

export const reasons = [
  { code: 'goodwill', name: 'Goodwill' },
  { code: 'mistake', name: 'Our mistake' },
];

/** Points can be spent at once here, so that they can be taken as well. */
export const staffProgramme = (overrides: Partial<typeof limits> = {}): ProgrammeDocument =>
  apiProgramme({
    returnWindowDays: 0,
    staff: { reasons, ...limits, ...overrides },
  });

/** A staff user as a caller. */
export class Staff extends Api {
  constructor(
    url: string,
    credential: string,
    readonly id: string,
  ) {
    super(url, credential);
  }

  override at(url: string): Staff {
    return new Staff(url, this.credential ?? '', this.id);
  }

  async adjust(
    member: string,
    points: number,
    fields: { reason?: string; note?: string } = {},
    sent: Sent = {},
  ): Promise<Answer<AdjustmentView>> {
    const body = { member: { id: member }, points, reason: 'goodwill', ...fields };
    return this.post('/v1/adjustments', body, sent);
  }

  /** An adjustment that needs a second person. */
  async ask(member: string, points: number, note?: string): Promise<ApprovalView> {
    const body = { member: { id: member }, points, reason: 'goodwill', ...(note && { note }) };
    return expected(await this.post<ApprovalView>('/v1/adjustments', body), 202);
  }

  async approve(id: string, sent: Sent = {}): Promise<Answer<AdjustmentView>> {
    return this.send('POST', `/v1/approvals/${id}/approve`, '', sent);
  }

  async reject(id: string, sent: Sent = {}): Promise<Answer<ApprovalView>> {
    return this.send('POST', `/v1/approvals/${id}/reject`, '', sent);
  }
}

/** Hires staff on the database of a deployment. */
export interface Office {
  hire(role: Role, memberId?: string): Promise<Staff>;
  users: UsersService;
  /** All points of a member go by expiry now, as if their date had come and they had been told. */
  letGo(memberId: string): Promise<void>;
  close(): Promise<void>;
}

export async function openOffice({ database, servers }: Deployment): Promise<Office> {
  const engine = await NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', JOBS: 'off' }),
      secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
      databaseUrl: database.serverUrl,
    }),
    { logger: false, abortOnError: false },
  );
  const users = engine.get(UsersService);
  return {
    users,
    letGo: async (memberId) => {
      await engine.get(LedgerService).submit(goingOf(memberId));
    },
    hire: async (role, memberId) => {
      const name = `${role}-${randomUUID()}`;
      const { token, userId } = await users.create({ name, role, memberId, createdBy: 'test' });
      return new Staff(servers[0]?.url ?? '', token, userId);
    },
    close: () => engine.close(),
  };
}

const notices: ExpiryNotices = { daysBefore: [1], leastDays: 0, mostDays: null, lastResort: true };

/** The core lets everything go, dated now and not when its date comes. */
const goingOf = (memberId: string): Command => ({
  memberIds: [memberId],
  ...{ caller: 'fealty', actor: 'job/point-expiry', requestId: 'test', operation: 'expire' },
  needs: () => ({ spending: true, counters: [], facts: [] }),
  decide: (state, { now, programmes }) => {
    const { expiry, ...programme } = programmeFor(programmes, now, now);
    if (expiry.kind === 'none') throw new Error('Points that go have a date.');
    const members = state.members.map((member) => ({
      ...member,
      told: (member.lots ?? []).flatMap(({ expiresAt }): Told[] =>
        expiresAt === null
          ? []
          : [{ expiresAt, notice: 1, upTo: Infinity, evidence: 'email', at: 0 }],
      ),
    }));
    const told = { ...programme, expiry: { ...expiry, notices } };
    const action = { kind: 'expire', at: now, until: Infinity } as const;
    const outcome = act(told, { ...state, members }, action);
    const postings = outcome.postings.map((draft) => ({ ...draft, occurredAt: now }));
    return { outcome: { ...outcome, postings }, owned: [] };
  },
});
