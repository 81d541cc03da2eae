/**
 * Laws P30 to P33: a reward has what its kind needs, and days on which it can be had; and points
 * that pay are worth something.
 */
import { MILLION, parseRate } from '../../rules/points.js';
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

/** Law P60: only a discount voucher has the terms of one, and it is a code: nothing is delivered. */
export function voucherTerms({ rewards }: ProgrammeDocument): Finding[] {
  return rewards.flatMap(({ code, kind, voucher, delivered }, place) => {
    const pointer = `/rewards/${String(place)}`;
    if (kind !== 'discount_voucher') {
      if (voucher === undefined) return [];
      const detail = `"${code}" is no discount voucher.`;
      return [{ code: 'not_for_kind', pointer: `${pointer}/voucher`, detail }];
    }
    if (delivered !== true) return [];
    const detail = `"${code}" is a code, which is there at once.`;
    return [{ code: 'not_for_kind', pointer: `${pointer}/delivered`, detail }];
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

/** Law P33: a former price is lower than what came after it, and honoured for some time. */
export function formerPrices({ rewards }: ProgrammeDocument): Finding[] {
  return rewards.flatMap(({ points, formerPrices: former = [] }, place) =>
    former.flatMap((each, n): Finding[] => {
      const pointer = `/rewards/${String(place)}/formerPrices/${String(n)}`;
      const findings = (['until', 'honouredUntil'] as const)
        .filter((field) => !isDay(each[field]))
        .map((field) => ({
          code: 'no_such_day',
          pointer: `${pointer}/${field}`,
          detail: `${each[field]} is no day of the calendar.`,
        }));
      const next = former[n + 1];
      if (each.points >= (next?.points ?? points)) {
        const detail = 'Nothing is honoured that was not cheaper.';
        findings.push({ code: 'not_cheaper', pointer: `${pointer}/points`, detail });
      }
      const isInOrder = each.until < each.honouredUntil && each.until < (next?.until ?? '9');
      if (!isInOrder) {
        const detail = 'A price ends before the next one does, and is honoured after that.';
        findings.push({ code: 'days_out_of_order', pointer: `${pointer}/until`, detail });
      }
      return findings;
    }),
  );
}

/** Law P32: the fewest points that may be paid pay something, and come in whole steps. */
export function tenderTerms({ tender }: ProgrammeDocument): Finding[] {
  if (tender === undefined) return [];
  const findings: Finding[] = [];
  const { step, minimumPoints } = tender;
  const pays = ((parseRate(tender.rate) ?? 0n) * BigInt(minimumPoints)) / MILLION;
  if (pays === 0n) {
    const detail = `${String(minimumPoints)} points pay nothing.`;
    findings.push({ code: 'worth_nothing', pointer: '/tender/rate', detail });
  }
  if ((parseRate(tender.maximumShare) ?? 0n) === 0n) {
    const detail = 'Points may pay for nothing.';
    findings.push({ code: 'worth_nothing', pointer: '/tender/maximumShare', detail });
  }
  if (minimumPoints % step !== 0) {
    const detail = `${String(minimumPoints)} points are no multiple of ${String(step)}.`;
    findings.push({ code: 'not_in_steps', pointer: '/tender/minimumPoints', detail });
  }
  return findings;
}
