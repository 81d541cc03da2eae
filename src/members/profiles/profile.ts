/** What a member says of themselves, and what of it may be said. */
import type { FieldFault } from '../../platform/http/domain-error.js';
import { DAY_MS } from '../../rules/period.js';
import type { Programme } from '../../rules/programme.js';
import type { Profile } from '../../rules/purchase.js';

/** What is to change; null takes back what was said, a missing field stays. */
export interface ProfileChange {
  persona?: string | null | undefined;
  birthMonth?: number | null | undefined;
  preferences?: readonly string[] | undefined;
}

export interface StoredProfile extends Profile {
  /** When a birth month was last said, in milliseconds since 1970; kept when it is taken back. */
  birthMonthSaidAt: number | undefined;
}

export const nothingSaid: StoredProfile = {
  persona: undefined,
  birthMonth: undefined,
  birthMonthSaidAt: undefined,
  preferences: [],
};

/** How long a birth month stands: a birthday comes once a year. */
export const BIRTH_MONTH_STANDS_MS = 365 * DAY_MS;

/** Law M6: personas and preferences that the programme does not have. */
export function unknownIn(
  { personas, preferences }: Pick<Programme, 'personas' | 'preferences'>,
  { persona, preferences: liked = [] }: ProfileChange,
): FieldFault[] {
  const faults = liked.flatMap((code, place) =>
    preferences.has(code)
      ? []
      : [
          {
            pointer: `/preferences/${String(place)}`,
            code: 'unknown_preference',
            detail: `The programme has no preference "${code}".`,
          },
        ],
  );
  if (typeof persona !== 'string' || personas.has(persona)) return faults;
  const detail = `The programme has no persona "${persona}".`;
  return [{ pointer: '/persona', code: 'unknown_persona', detail }, ...faults];
}

/** Law M7: until when another birth month than the one said last is refused; undefined = it is not. */
export function birthMonthStandsUntil(
  { birthMonth, birthMonthSaidAt }: StoredProfile,
  { birthMonth: said }: ProfileChange,
  now: number,
): number | undefined {
  if (typeof said !== 'number' || said === birthMonth || birthMonthSaidAt === undefined) {
    return undefined;
  }
  const until = birthMonthSaidAt + BIRTH_MONTH_STANDS_MS;
  return now < until ? until : undefined;
}

/** The profile after a change, and the names of the fields that differ by it. */
export function changed(
  before: StoredProfile,
  { persona, birthMonth, preferences }: ProfileChange,
  now: number,
): { after: StoredProfile; fields: string[] } {
  const after: StoredProfile = {
    persona: persona === undefined ? before.persona : (persona ?? undefined),
    birthMonth: birthMonth === undefined ? before.birthMonth : (birthMonth ?? undefined),
    birthMonthSaidAt:
      typeof birthMonth === 'number' && birthMonth !== before.birthMonth
        ? now
        : before.birthMonthSaidAt,
    preferences: [...(preferences ?? before.preferences)].sort(),
  };
  const fields = (['persona', 'birthMonth', 'preferences'] as const).filter(
    (field) => String(after[field]) !== String(before[field]),
  );
  return { after, fields };
}
