/** Laws P30 and P31: a reward has what its kind needs, and days on which it can be had. */
import type { ProgrammeDocument, Reward } from '../document.js';
import type { Finding } from './finding.js';

type Field = keyof Reward;
type Kind = NonNullable<Reward['kind']>;

/** Why a kind cannot do without a field. */
const needed: Readonly<Record<Kind, Partial<Record<Field, string>>>> = {
  product: {},
  discount_voucher: {},
  experience: { stock: 'an experience has so many places' },
  donation: {},
  status_perk: { minimumTier: 'a perk of a status is kept for a tier' },
};

/** Kinds that are worth money to whoever gets them. */
const worthMoney: ReadonlySet<Kind> = new Set(['discount_voucher', 'donation']);

/** Law P30. */
export function rewardKinds({ rewards }: ProgrammeDocument): Finding[] {
  return rewards.flatMap((reward, place) => {
    const { kind = 'product', code, value } = reward;
    const pointer = `/rewards/${String(place)}`;
    const findings = Object.entries(needed[kind]).flatMap(([field, why]): Finding[] =>
      reward[field as Field] !== undefined
        ? []
        : [
            {
              code: 'missing_for_kind',
              pointer: `${pointer}/${field}`,
              detail: `"${code}" needs it: ${why}.`,
            },
          ],
    );
    if (worthMoney.has(kind) && value.amount === 0) {
      findings.push({
        code: 'worth_nothing',
        pointer: `${pointer}/value/amount`,
        detail: `"${code}" is of a kind that is worth money.`,
      });
    }
    return findings;
  });
}

/** Law P31. */
export function rewardDays({ rewards }: ProgrammeDocument): Finding[] {
  return rewards.flatMap(({ code, from, until }, place) => {
    const pointer = `/rewards/${String(place)}`;
    const days = { from, until };
    const findings = (['from', 'until'] as const).flatMap((field): Finding[] => {
      const day = days[field];
      if (day === undefined || isDay(day)) return [];
      const detail = `${day} is no day of the calendar.`;
      return [{ code: 'no_such_day', pointer: `${pointer}/${field}`, detail }];
    });
    // As text, days of four digits sort in their order.
    if (from !== undefined && until !== undefined && from > until) {
      const detail = `"${code}" ends before it begins.`;
      findings.push({ code: 'ends_before_it_begins', pointer: `${pointer}/until`, detail });
    }
    return findings;
  });
}

/** Whether the month has that day: no 31 June becomes 1 July. */
export function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
