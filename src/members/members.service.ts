import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { bucketOf, isMemberId } from '../ledger/address.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { Secrets } from '../platform/config/secrets.js';
import { DomainError } from '../platform/http/domain-error.js';
import { Guesses, type Guesser } from '../platform/throttle/guesses.service.js';
import { memberFacts } from './member-facts.queries.js';
import { EnrolmentSteps } from './enrolment-steps.service.js';
import { handleHmac, newCardNumber, type HandleKind } from './member-handles.js';
import { ProfilesService } from './profiles/profiles.service.js';
import { signalRows } from './signals/signals.js';
import { keepSignals } from './signals/signals.queries.js';
import type { ConsentGiven, EnrolMember, MemberReference } from './members.requests.js';

export interface EnrolledMember {
  id: string;
  card: string;
  enrolledAt: number;
}

/** A till's clock may run ahead of the database's this far. */
const CONSENT_AHEAD_MS = 300_000;

/** Enrolment by the member's own act, and finding a member by what they present. */
@Injectable()
export class MembersService implements OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(Guesses) private readonly guesses: Guesses,
    @Inject(ProfilesService) private readonly profiles: ProfilesService,
    @Inject(EnrolmentSteps) private readonly steps: EnrolmentSteps,
  ) {}

  onModuleInit(): void {
    this.ledger.register({ reviewReader: memberFacts });
  }

  /** M1: enrols nobody without consent. M2: a handle belongs to one member. */
  async enrol(request: EnrolMember, by: string, caller?: Guesser): Promise<EnrolledMember> {
    const { consent } = request;
    if (consent === undefined) {
      throw new DomainError('consent_required', 'A member is enrolled by their own act only.', {}, [
        {
          pointer: '/consent',
          code: 'consent_required',
          detail: 'Say which text, act, channel and time.',
        },
      ]);
    }
    await this.profiles.check(request);
    const works = caller === undefined ? [] : await this.steps.prepare(request, caller);
    const id = randomUUID();
    const card = request.card ?? newCardNumber();
    return this.dataSource.transaction(async (tx) => {
      const enrolledAt = await this.insertMember(tx, id, by, consent);
      const { email, phone } = request;
      await this.claimHandles(tx, id, { card, email, phone });
      await tx.query(
        `INSERT INTO persons (bucket, member_id, name, card_number, email, phone, salt)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          bucketOf(id),
          id,
          request.name ?? null,
          card,
          request.email ?? null,
          request.phone ?? null,
          randomBytes(16),
        ],
      );
      await this.profiles.begin(tx, id, request, enrolledAt);
      await this.ledger.openAccount(tx, id);
      const owner = { bucket: bucketOf(id), memberId: id };
      await keepSignals(tx, signalRows(this.secrets.handle, owner, request.signals ?? {}));
      for (const work of works) await work(tx, { id, enrolledAt });
      return { id, card, enrolledAt };
    });
  }

  /** The member somebody presents; 404 when there is none, 429 after too many of those. */
  async resolve(reference: MemberReference, caller: Guesser): Promise<string> {
    const given = (['id', 'card', 'email', 'phone'] as const).filter(
      (kind) => reference[kind] !== undefined,
    );
    const [kind] = given;
    if (kind === undefined || given.length > 1) {
      throw new DomainError('invalid_request', 'Name the member in exactly one way.', {}, [
        { pointer: '/member', code: 'exactly_one', detail: 'Give id, card, email or phone.' },
      ]);
    }
    const value = reference[kind] ?? '';
    if (kind === 'id') return this.resolveId(value);
    // M5: ids cannot be guessed, but cards, e-mails and phones can.
    return this.guesses.attempt('lookups', caller, isUnknownMember, async () => {
      const id = await this.findByHandle(kind, value);
      if (id === undefined) throw unknownMember();
      return id;
    });
  }

  /** A presented member id; whether it exists shows when the account is locked. */
  resolveId(id: string): string {
    if (!isMemberId(id)) throw unknownMember();
    return id;
  }

  /** Status and start of a membership; 404 when there is none. */
  async membership(memberId: string): Promise<{ status: string; enrolledAt: number }> {
    const rows = isMemberId(memberId)
      ? await this.dataSource.query<{ status: string; enrolled_at: Date }[]>(
          'SELECT status, enrolled_at FROM members WHERE bucket = $1 AND member_id = $2',
          [bucketOf(memberId), memberId],
        )
      : [];
    const [row] = rows;
    if (row === undefined) throw unknownMember();
    return { status: row.status, enrolledAt: row.enrolled_at.getTime() };
  }

  private async insertMember(
    tx: EntityManager,
    id: string,
    by: string,
    consent: ConsentGiven,
  ): Promise<number> {
    const [row] = await tx.query<{ enrolled_at: Date }[]>(
      `INSERT INTO members (bucket, member_id, status, enrolled_at, enrolled_by)
       VALUES ($1, $2, 'active', programme_now(), $3)
       RETURNING enrolled_at`,
      [bucketOf(id), id, by],
    );
    if (row === undefined) throw new Error('invariant: an inserted member is returned');
    const enrolledAt = row.enrolled_at.getTime();
    if (Date.parse(consent.at) > enrolledAt + CONSENT_AHEAD_MS) {
      throw new DomainError('consent_in_future', 'Consent cannot be given in the future.', {}, [
        { pointer: '/consent/at', code: 'in_future', detail: 'Later than the server clock.' },
      ]);
    }
    await tx.query(
      `INSERT INTO consents (bucket, member_id, seq, text_version, act, channel, at, recorded_at)
       VALUES ($1, $2, 1, $3, $4, $5, $6, $7)`,
      [
        bucketOf(id),
        id,
        consent.textVersion,
        consent.act,
        consent.channel,
        consent.at,
        row.enrolled_at,
      ],
    );
    return enrolledAt;
  }

  /** In the order of their values, as everywhere, so that two enrolments cannot deadlock. */
  private async claimHandles(
    tx: EntityManager,
    id: string,
    given: Readonly<Record<HandleKind, string | undefined>>,
  ): Promise<void> {
    const handles = (['card', 'email', 'phone'] as const)
      .flatMap((kind) => {
        const value = given[kind];
        return value === undefined
          ? []
          : [{ kind, hmac: handleHmac(this.secrets.handle, kind, value) }];
      })
      .sort((a, b) => (a.hmac < b.hmac ? -1 : 1));
    for (const { kind, hmac } of handles) {
      const inserted = await tx.query<unknown[]>(
        `INSERT INTO handles (kind, hmac, bucket, member_id) VALUES ($1, decode($2, 'hex'), $3, $4)
         ON CONFLICT DO NOTHING RETURNING kind`,
        [kind, hmac, bucketOf(id), id],
      );
      if (inserted.length > 0) continue;
      const memberId = await this.findByHandle(kind, given[kind] ?? '');
      throw new DomainError('already_enrolled', `This ${kind} belongs to a member.`, { memberId }, [
        { pointer: `/${kind}`, code: 'already_enrolled', detail: 'Another member has it.' },
      ]);
    }
  }

  private async findByHandle(kind: HandleKind, value: string): Promise<string | undefined> {
    const rows = await this.dataSource.query<{ member_id: string }[]>(
      `SELECT member_id FROM handles WHERE kind = $1 AND hmac = decode($2, 'hex')`,
      [kind, handleHmac(this.secrets.handle, kind, value)],
    );
    return rows[0]?.member_id;
  }
}

const isUnknownMember = (error: unknown): boolean =>
  error instanceof DomainError && error.code === 'unknown_member';

function unknownMember(): DomainError {
  return new DomainError('unknown_member', 'There is no such member.', {}, [
    { pointer: '/member', code: 'unknown_member', detail: 'No member is found by this.' },
  ]);
}
