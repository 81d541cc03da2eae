import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import { bucketOf, isMemberId } from '../../ledger/address.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import {
  birthMonthStandsUntil,
  changed,
  nothingSaid,
  unknownIn,
  type ProfileChange,
  type StoredProfile,
} from './profile.js';
import { preferencesView, type PreferencesView } from './profiles.views.js';

interface ProfileRow {
  status: string;
  now: Date;
  persona: string | null;
  birth_month: number | null;
  birth_month_said_at: Date | null;
  preferences: string[] | null;
}

/** What members say of themselves: kept apart from the ledger, and read when a rule asks for it. */
@Injectable()
export class ProfilesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** What a member said, and what there is to say; 404 where there is no such member. */
  async preferences(memberId: string): Promise<PreferencesView> {
    const { profile } = await this.read(this.dataSource.manager, memberId);
    return preferencesView(profile, await this.programmes.inForce());
  }

  /** Laws M6 to M8: changes what is named, once, and says so in the audit log without the values. */
  async change(memberId: string, change: ProfileChange, actor: string): Promise<PreferencesView> {
    const programme = await this.programmes.inForce();
    this.refuseUnknown(programme, change);
    const profile = await this.dataSource.transaction(async (tx) => {
      // Accruals never lock this row, so nobody at a till waits for a change.
      await tx.query(
        'SELECT 1 FROM members WHERE bucket = $1 AND member_id = $2 FOR NO KEY UPDATE',
        isMemberId(memberId) ? [bucketOf(memberId), memberId] : [0, null],
      );
      const { profile: before, status, now } = await this.read(tx, memberId);
      if (status !== 'active') {
        throw new DomainError('member_not_active', 'The membership is not active.');
      }
      refuseAnotherBirthMonth(before, change, now);
      const { after, fields } = changed(before, change, now);
      if (fields.length === 0) return after;
      await write(tx, memberId, after);
      const subject = `member/${memberId}`;
      await this.audit.record(tx, {
        actor,
        action: 'member.preferences_changed',
        subject,
        details: { fields },
      });
      return after;
    });
    return preferencesView(profile, programme);
  }

  /** What a member said when they enrolled, as part of that. */
  async begin(
    tx: EntityManager,
    memberId: string,
    said: ProfileChange,
    now: number,
  ): Promise<void> {
    const { after, fields } = changed(nothingSaid, said, now);
    if (fields.length > 0) await write(tx, memberId, after);
  }

  /** 422 for what the programme in force does not have. */
  async check({ persona, preferences }: ProfileChange): Promise<void> {
    if (persona === undefined && preferences === undefined) return;
    this.refuseUnknown(await this.programmes.inForce(), { persona, preferences });
  }

  private refuseUnknown(programme: Parameters<typeof unknownIn>[0], change: ProfileChange): void {
    const faults = unknownIn(programme, change);
    const [first] = faults;
    if (first === undefined) return;
    throw new DomainError('unknown_choice', first.detail, {}, faults);
  }

  private async read(
    tx: EntityManager,
    memberId: string,
  ): Promise<{ profile: StoredProfile; status: string; now: number }> {
    const rows = isMemberId(memberId)
      ? await tx.query<ProfileRow[]>(
          `SELECT m.status, programme_now() AS now, p.persona, p.birth_month,
                  p.birth_month_said_at, p.preferences
             FROM members m
             LEFT JOIN profiles p ON p.bucket = m.bucket AND p.member_id = m.member_id
            WHERE m.bucket = $1 AND m.member_id = $2`,
          [bucketOf(memberId), memberId],
        )
      : [];
    const [row] = rows;
    if (row === undefined) throw new DomainError('unknown_member', 'There is no such member.');
    const profile: StoredProfile = {
      persona: row.persona ?? undefined,
      birthMonth: row.birth_month ?? undefined,
      birthMonthSaidAt: row.birth_month_said_at?.getTime(),
      preferences: row.preferences ?? [],
    };
    return { profile, status: row.status, now: row.now.getTime() };
  }
}

function refuseAnotherBirthMonth(before: StoredProfile, change: ProfileChange, now: number): void {
  const until = birthMonthStandsUntil(before, change, now);
  if (until === undefined) return;
  const detail = 'A birth month stands for a year; it can be taken back at any time.';
  const changeableFrom = new Date(until).toISOString();
  throw new DomainError('birth_month_stands', detail, { changeableFrom }, [
    { pointer: '/birthMonth', code: 'birth_month_stands', detail },
  ]);
}

async function write(
  tx: EntityManager,
  memberId: string,
  { persona, birthMonth, birthMonthSaidAt, preferences }: StoredProfile,
): Promise<void> {
  await tx.query(
    `INSERT INTO profiles (bucket, member_id, persona, birth_month, birth_month_said_at, preferences)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (bucket, member_id) DO UPDATE
        SET persona = excluded.persona, birth_month = excluded.birth_month,
            birth_month_said_at = excluded.birth_month_said_at, preferences = excluded.preferences`,
    [
      bucketOf(memberId),
      memberId,
      persona ?? null,
      birthMonth ?? null,
      birthMonthSaidAt === undefined ? null : new Date(birthMonthSaidAt),
      preferences,
    ],
  );
}
