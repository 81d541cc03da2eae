/**
 * A surprise is an offer with a chance, and every law of offers holds as if it always came: who
 * brings back whatever won nothing keeps only what won.
 */
import { parseRate } from '../../rules/points.js';
import type { Offer, ProgrammeDocument, Surprise } from '../document.js';
import type { Finding } from '../laws/finding.js';

/** After one has come no other comes for as long, so that midnight is nothing to wait for. */
const COOL_DOWN_HOURS = 24;

/** The offers of a document, and behind them its surprises. */
export const offersOf = ({ offers = [], surprises = [] }: ProgrammeDocument): Offer[] => [
  ...offers,
  ...surprises.map(offerOf),
];

/**
 * At most one comes a day, whole. The programme pays for it unless others are named: a partner's block
 * that has too little left would turn a purchase away for luck that nobody knows of.
 */
function offerOf(surprise: Surprise): Offer {
  const { chance: _, points, minimumAmount, caps, funders = own, ...rest } = surprise;
  return {
    ...rest,
    funders,
    pays: { kind: 'per_purchase', points, minimumAmount },
    caps: [...caps, { period: 'day', points }],
    coolDownHours: COOL_DOWN_HOURS,
  };
}

/** Millionths of the chance of the offer at a place; undefined = it is no surprise. */
export function chanceAt(
  { offers = [], surprises = [] }: ProgrammeDocument,
  place: number,
): number | undefined {
  const surprise = surprises[place - offers.length];
  return surprise === undefined ? undefined : Number(parseRate(surprise.chance));
}

const own: NonNullable<Surprise['funders']> = [{ code: 'own', share: '1' }];

/** Law P94: nobody pays for a surprise out of what may be used up, as the purchase would wait for it. */
export function surpriseFunders({ surprises = [], partners = [] }: ProgrammeDocument): Finding[] {
  const prepaying = partners.flatMap(({ code, terms }) =>
    terms?.kind === 'prepaid' ? [code] : [],
  );
  return surprises.flatMap(({ code, funders = own }, place) =>
    funders.flatMap((funder, n): Finding[] => {
      if (!prepaying.includes(funder.code)) return [];
      const detail = `"${funder.code}" pays beforehand: with its block empty, luck in "${code}" would keep a purchase from being booked.`;
      const pointer = `/surprises/${String(place)}/funders/${String(n)}/code`;
      return [{ code: 'surprise_paid_beforehand', pointer, detail }];
    }),
  );
}

/** Law P91: a surprise can come, and one member gets only so much by it in the long run. */
export function surpriseLaws({ surprises = [] }: ProgrammeDocument): Finding[] {
  return surprises.flatMap(({ code, chance, caps }, place) => {
    const pointer = `/surprises/${String(place)}`;
    const findings: Finding[] = [];
    if (parseRate(chance) === 0n) {
      const detail = `"${code}" never comes.`;
      findings.push({ code: 'no_chance', pointer: `${pointer}/chance`, detail });
    }
    if (!caps.some(({ period }) => period === 'year' || period === 'lifetime')) {
      const detail = `"${code}" has no cap for a year or a lifetime.`;
      findings.push({ code: 'cap_missing', pointer: `${pointer}/caps`, detail });
    }
    return findings;
  });
}

/** What is wrong with an offer that is a surprise, where the surprise says it. */
export function atSurprise(
  { offers = [], surprises = [] }: ProgrammeDocument,
  found: Finding,
): Finding {
  const match = /^\/offers\/(\d+)(?:\/(.*))?$/.exec(found.pointer);
  const place = Number(match?.[1] ?? 0) - offers.length;
  const surprise = surprises[place];
  if (match === null || surprise === undefined) return found;
  const [field, first, ...more] = (match[2] ?? '').split('/');
  const isDays = field === 'caps' && Number(first) >= surprise.caps.length;
  const path =
    field === 'pays' ? [first] : isDays ? ['points'] : field === '' ? [] : [field, first, ...more];
  const told = path.flatMap((each) => each ?? []).map((each) => `/${each}`);
  return { ...found, pointer: `/surprises/${String(place)}${told.join('')}` };
}
