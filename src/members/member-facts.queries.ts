import { memberColumns } from '../ledger/address.js';
import type { FactReader, MemberKey, Tx } from '../ledger/command.js';
import type { Programme } from '../rules/programme.js';
import { asksMember } from '../rules/segments/segment.js';
import type { MemberState } from '../rules/state.js';

interface MemberRow {
  member_id: string;
  status: string;
  frozen_at: Date | null;
  enrolled_at: Date;
}

/** What the core must know of members: whether the membership is active, and since when. */
export const memberFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<MemberRow>({
      name: 'member-facts',
      text: `SELECT m.member_id, m.status, m.enrolled_at, m.frozen_at
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN members m ON m.bucket = u.bucket AND m.member_id = u.member_id`,
      values: memberColumns(members),
    });
    return new Map(rows.map((row) => [row.member_id, membershipOf(row)]));
  },
};

interface ProfiledRow extends MemberRow {
  persona: string | null;
  birth_month: number | null;
  enrolled_by: string;
  preferences: string[] | null;
}

/** The same with what members say of themselves, in the same round trip. */
const profiledFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<ProfiledRow>({
      name: 'profiled-member-facts',
      text: `SELECT m.member_id, m.status, m.enrolled_at, m.frozen_at, p.persona, p.birth_month, p.preferences,
                    m.enrolled_by
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN members m ON m.bucket = u.bucket AND m.member_id = u.member_id
               LEFT JOIN profiles p ON p.bucket = u.bucket AND p.member_id = u.member_id`,
      values: memberColumns(members),
    });
    return new Map(
      rows.map((row) => [
        row.member_id,
        {
          ...membershipOf(row),
          enrolledBy: retailerOf(row.enrolled_by),
          profile: {
            persona: row.persona ?? undefined,
            birthMonth: row.birth_month ?? undefined,
            preferences: row.preferences ?? [],
          },
        },
      ]),
    );
  },
};

/** Callers are called `r/<code>`, `u/<user>`, ... */
const retailerOf = (caller: string): string | undefined =>
  caller.startsWith('r/') ? caller.slice('r/'.length) : undefined;

const membershipOf = ({ status, enrolled_at, frozen_at }: MemberRow): Partial<MemberState> => ({
  status,
  // Left out of the others, so that the state of nobody else is any different.
  ...(frozen_at !== null && { isFrozen: true }),
  enrolledAt: enrolled_at.getTime(),
});

/** What deciding an event by a version reads of its member: no more than the version's rules ask. */
export const memberFactsFor = (
  programme: Pick<Programme, 'asks' | 'segments'> | undefined,
): FactReader =>
  programme === undefined || (programme.asks.size === 0 && !asksMember(programme.segments))
    ? memberFacts
    : profiledFacts;
