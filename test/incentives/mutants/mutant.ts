/** Sane programmes of which a few numbers or switches are not as they were. */
import type { ProgrammeDocument } from '../../../src/programmes/document.js';

export interface Mutant {
  document: unknown;
  /** What was changed, in words. */
  changes: string[];
}

/** A field of a document, and what holds it. */
interface Place {
  holder: Record<string, unknown>;
  key: string;
  path: string;
}

const CHANGES_MAX = 4;
/** What numbers are multiplied by. */
const FACTORS = [0, 0.1, 0.3, 0.5, 0.8, 0.9, 1.1, 1.25, 1.5, 2, 4, 10];
/** The part of changes that are made to switches. */
const SWITCHES = 0.2;
/** The part of programmes that get a window of baskets besides. */
const WINDOWS = 0.15;

/** What an owner declares stays as it is, but for what goods are sold on for; so do names and dates. */
const KEPT = ['/identity', '/thanks', '/lateEvents', '/redemption', '/bounds'];
const RESALE = /^\/bounds\/categories\/\d+\/resale$/;
const NUMBER = /^\d+(\.\d+)?$/;
/** Fields without which a part of a document is still whole: rules are freer without them. */
const OPTIONAL = new Set([
  ...['caps', 'coolDownHours', 'lane', 'when', 'qualifies', 'minimumTier', 'giftCaps', 'stock'],
  ...['earningCaps', 'countedPurchases', 'nearMiss', 'graceMonths', 'minimumValue', 'keep'],
  ...['otherWays', 'fee', 'feeShare', 'perLocation', 'bonusPoints', 'takeBackFrom'],
]);
const PERIODS = ['day', 'week', 'month', 'year', 'lifetime'];

/** One to four changes of a document; `chance` tells numbers from 0 to below 1. */
export function mutantOf(sane: ProgrammeDocument, chance: () => number): Mutant {
  const document = structuredClone(sane);
  const changes: string[] = [];
  const many = 1 + Math.floor(chance() * CHANGES_MAX);
  while (changes.length < many) {
    const all = placesIn(document, '');
    const isSwitch = chance() < SWITCHES;
    const places = all.filter(({ holder, key }) => isNumber(holder[key]) !== isSwitch);
    const place = places[Math.floor(chance() * places.length)];
    if (place === undefined) throw new Error('A document has numbers and switches.');
    changes.push(isSwitch ? turned(place, chance) : multiplied(place, chance));
  }
  if (document.guards === undefined && chance() < WINDOWS) {
    document.guards = { basketWindow: { minutes: 60 } };
    changes.push('purchases of one hour are one basket');
  }
  return { document, changes };
}

function multiplied({ holder, key, path }: Place, chance: () => number): string {
  const factor = FACTORS[Math.floor(chance() * FACTORS.length)] ?? 1;
  const before = holder[key];
  const product = Number(before) * factor;
  holder[key] =
    typeof before === 'string' ? String(Math.round(product * 1e4) / 1e4) : Math.round(product);
  return `${path} ${String(before)} -> ${String(holder[key])}`;
}

function turned({ holder, key, path }: Place, chance: () => number): string {
  const before = holder[key];
  if (typeof before === 'boolean') holder[key] = !before;
  else if (key === 'period') holder[key] = PERIODS[Math.floor(chance() * PERIODS.length)];
  else if (key === 'treatment') holder[key] = 'earns';
  else if (key === 'excludedTenders' && Array.isArray(before)) {
    holder[key] = before.filter((_, place) => place !== Math.floor(chance() * before.length));
  } else Reflect.deleteProperty(holder, key);
  const after = key in holder ? JSON.stringify(holder[key]) : 'left out';
  return `${path} ${JSON.stringify(before)} -> ${after}`;
}

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && NUMBER.test(value));

const isSwitch = (key: string, value: unknown): boolean =>
  typeof value === 'boolean' ||
  key === 'period' ||
  key === 'excludedTenders' ||
  (key === 'treatment' && value === 'cash_like') ||
  OPTIONAL.has(key);

/** Every number and every switch of a value, at whatever depth. */
function placesIn(value: unknown, path: string): Place[] {
  if (!isRecord(value)) return [];
  return Object.keys(value).flatMap((key): Place[] => {
    const at = `${path}/${key}`;
    const inner = value[key];
    const place = { holder: value, key, path: at };
    if (KEPT.some((kept) => at.startsWith(`${kept}/`)) && !RESALE.test(at)) {
      return placesIn(inner, at);
    }
    const here = isNumber(inner) && !TEXTS.has(key) ? [place] : [];
    return [...here, ...(isSwitch(key, inner) ? [place] : []), ...placesIn(inner, at)];
  });
}

/** Texts that look like numbers. */
const TEXTS = new Set(['code', 'id', 'name']);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
