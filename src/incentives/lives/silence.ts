/** What a life is told to know of points that go by silence, as the ledger would read it. */
import { dueOf } from '../../rules/expiry/silent.js';
import type { Presence } from '../../rules/inactivity/terms.js';
import type { Programme } from '../../rules/programme.js';
import { lotKey, type Lot, type MemberState } from '../../rules/state.js';

/** Of logins nothing is known, so a silence may seem longer than it was; acts since are noted. */
export const heardOnlyOf = (actedAt: number | null): Presence => ({
  actedAt,
  stage: 'active',
  silentFrom: null,
  mayBeTold: false,
});

/** The member with the terms of whatever has no date, all of it taken to be of this programme. */
export function withSilence({ expiry, no }: Programme, member: MemberState): MemberState {
  if (expiry.kind !== 'inactivity') return member;
  const terms = { months: expiry.months, versionNo: no, cameAt: null };
  const lots = member.lots?.filter(({ expiresAt }) => expiresAt === null) ?? [];
  const { presence = heardOnlyOf(null) } = member;
  return { ...member, presence, silentLots: new Map(lots.map((lot) => [lotKey(lot), terms])) };
}

/** Lots whose date has come by an instant, be it their own or that of a silence. */
export function passedBy(programme: Programme, member: MemberState, until: number): Lot[] {
  const known = withSilence(programme, member);
  return (member.lots ?? []).filter((lot) => {
    const due = dueOf(programme.timeZone, known, lot);
    return due !== undefined && due.expiresAt <= until;
  });
}
