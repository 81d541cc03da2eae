/**
 * A programme as the reference model reads it, straight from the document, and its calendar. None
 * of it is shared with the engine: a fault that both had would not be found.
 */

export const MINUTE = 60_000;
export const DAY = 86_400_000;

export interface Rule {
  kind: string;
  id: string;
  rate?: string;
  categories?: string[];
  points?: number;
  minimumAmount?: number;
  caps?: { period: string; points: number }[];
  coolDownHours?: number;
}

export interface Document {
  identity: { timeZone: string };
  categories: { code: string; treatment: string }[];
  earningBasis: { tax: string; excludedTenders: string[] };
  earningRules: Rule[];
  tiers: { code: string; threshold: number; multiplier: string }[];
  expiry: { kind: string; months?: number };
  returnWindowDays: number;
  rewards: { code: string; points: number; minimumTier?: string }[];
  redemption: { holdMinutes: number };
  lateEvents: { windowDays: number; older: string };
  returns?: { graceDays: number };
  staff?: { perStaffPerDay: number; perMemberPerDay: number };
  purchasesBeforeEnrolment: boolean;
}

export interface Line {
  category: string;
  quantity: number;
  /** Minor units of a currency of two digits. */
  amount: number;
  tax?: number | undefined;
}

export interface Basket {
  lines: readonly Line[];
  tenders: readonly { kind: string; amount: number }[];
}

/** `'1.25'` is 1_250_000n. */
export function millionths(rate: string): bigint {
  const [whole = '0', fraction = ''] = rate.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}

const QUARTER = 15 * MINUTE;
const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, string>();
const starts = new Map<string, number>();

/** The local date of an instant, as 2026-06-16. */
function dateOf(zone: string, instant: number): string {
  const key = `${zone} ${Math.floor(instant / QUARTER)}`;
  let day = days.get(key);
  if (day === undefined) {
    const format = formats.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
    formats.set(zone, format);
    day = format.format(instant);
    days.set(key, day);
  }
  return day;
}

/** The first instant of a local date, whose day may lie outside its month, found by looking. */
function startOf(zone: string, year: number, month: number, day: number): number {
  const nominal = Date.UTC(year, month - 1, day);
  const key = `${zone} ${nominal}`;
  const known = starts.get(key);
  if (known !== undefined) return known;
  const wanted = new Date(nominal).toISOString().slice(0, 10);
  let instant = nominal - 15 * 4 * QUARTER;
  while (dateOf(zone, instant) < wanted) instant += QUARTER;
  starts.set(key, instant);
  return instant;
}

const partsOf = (zone: string, instant: number): [number, number, number] => {
  const [year = 0, month = 0, day = 0] = dateOf(zone, instant).split('-').map(Number);
  return [year, month, day];
};

/** The midnight that ends the day some days after an instant's own. */
export function endOfDay(zone: string, instant: number, later: number): number {
  const [year, month, day] = partsOf(zone, instant);
  return startOf(zone, year, month, day + later + 1);
}

/** The midnight that ends the day some months later, or the last day of that month. */
export function endOfMonths(zone: string, instant: number, months: number): number {
  const [year, month, day] = partsOf(zone, instant);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return startOf(zone, year, month + months, Math.min(day, last) + 1);
}

/** When the day, week from Monday, month or year of an instant began; 0 for a lifetime. */
export function periodOf(zone: string, instant: number, period: string): number {
  const [year, month, day] = partsOf(zone, instant);
  if (period === 'lifetime') return 0;
  if (period === 'year') return startOf(zone, year, 1, 1);
  if (period === 'month') return startOf(zone, year, month, 1);
  if (period === 'day') return startOf(zone, year, month, day);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return startOf(zone, year, month, day - ((weekday + 6) % 7));
}
