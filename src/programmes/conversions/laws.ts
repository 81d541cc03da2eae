/**
 * Laws P96 to P99: what is converted is whole on both sides and bounded, and no way round through a
 * partner's currency yields more than was put in. Fractions are exact.
 */
import { turned } from '../../rules/conversions/terms.js';
import { MILLION, parseRate } from '../../rules/points.js';
import type {
  Conversion,
  ConversionIn,
  ConversionLimits,
  ConversionOut,
  ProgrammeDocument,
} from '../document.js';
import { repeated, type Finding } from '../laws/finding.js';
import { paying, payingItself } from '../laws/payout.js';

/** Law P96: a partner with terms has the currency, and steps are whole on both sides. */
export function conversionTerms({ conversions = [], partners = [] }: ProgrammeDocument): Finding[] {
  const codes = conversions.map(({ code }) => code);
  return [
    ...repeated('conversions', 'code', codes),
    ...conversions.flatMap(({ partner, unitWorth, out, in: into }, place): Finding[] => {
      const at = `/conversions/${String(place)}`;
      const found = partners.find((each) => each.code === partner);
      const findings: Finding[] = [];
      const find = (field: string, code: string, detail: string): void => {
        findings.push({ code, pointer: `${at}${field}`, detail });
      };
      if (found?.kind !== 'partner' || found.terms === undefined) {
        find('/partner', 'unknown_partner', `"${partner}" is no partner with terms.`);
      }
      if (out === undefined && into === undefined) {
        find('', 'converts_nothing', 'It is converted out, in, or both.');
      }
      if (parseRate(unitWorth) === 0n) {
        find('/unitWorth', 'worth_nothing', 'What is worth nothing is not converted.');
      }
      if (into !== undefined && parseRate(found?.terms?.share ?? '1') !== MILLION) {
        find('/in', 'partner_pays_too_little', 'The partner pays for all points that come in.');
      }
      if (out !== undefined) findings.push(...wholeSteps(out, out.minimumPoints, `${at}/out`));
      if (into !== undefined) findings.push(...wholeSteps(into, into.minimumUnits, `${at}/in`));
      return findings;
    }),
  ];
}

function wholeSteps(
  { give, get, step }: ConversionOut | ConversionIn,
  minimum: number,
  at: string,
): Finding[] {
  const findings: Finding[] = [];
  if (minimum % step !== 0) {
    const detail = `${String(minimum)} is no multiple of ${String(step)}.`;
    const field = at.endsWith('/out') ? 'minimumPoints' : 'minimumUnits';
    findings.push({ code: 'not_in_steps', pointer: `${at}/${field}`, detail });
  }
  if ((BigInt(step) * BigInt(get)) % BigInt(give) !== 0n) {
    const detail = `${String(step)} become no whole number, and nothing may be rounded.`;
    findings.push({ code: 'step_not_whole', pointer: `${at}/step`, detail });
  }
  return findings;
}

/** Law P97: the least that is converted fits into a day, a day into a year, a year into a lifetime. */
export function conversionLimits({ conversions = [] }: ProgrammeDocument): Finding[] {
  return conversions.flatMap(({ out, in: into }, place) => {
    const at = `/conversions/${String(place)}`;
    return [
      ...(out === undefined ? [] : room(out.limits, leastOut(out), `${at}/out/limits`)),
      ...(into === undefined
        ? []
        : room(into.limits, turned(into, into.minimumUnits), `${at}/in/limits`)),
    ];
  });
}

/** With the fee, rounded up. */
function leastOut({ minimumPoints, fee = 0, feeShare = '0' }: ConversionOut): number {
  const share = BigInt(minimumPoints) * (parseRate(feeShare) ?? 0n);
  return minimumPoints + fee + Number((share + MILLION - 1n) / MILLION);
}

function room({ day, year, lifetime }: ConversionLimits, least: number, at: string): Finding[] {
  const below = (field: string, value: number, smallest: number): Finding[] => {
    if (value >= smallest) return [];
    const detail = `It is at least ${String(smallest)}, or a smaller limit could never be reached.`;
    return [{ code: 'limit_leaves_no_room', pointer: `${at}/${field}`, detail }];
  };
  return [
    ...below('day', day, least),
    ...below('year', year, day),
    ...below('lifetime', lifetime, year),
  ];
}

/**
 * Law P98: units that come in are worth at least what their points can be turned into, another
 * currency or this one again included; P11, P73 and P75 hold what goes out against earning,
 * referring and buying. So whatever is chained, money, units and points together only get less.
 */
export function conversionCircles(document: ProgrammeDocument): Finding[] {
  const ways = paying(document);
  return comingIn(document).flatMap(({ rate, unitWorth, pointer }) => {
    const given = BigInt(rate.give) * (parseRate(unitWorth) ?? 0n);
    return ways.flatMap(({ what, value, points }): Finding[] => {
      if (BigInt(rate.get) * value * MILLION <= given * points) return [];
      const detail = `With ${what} the points are worth more than the units they come from.`;
      return [{ code: 'comes_in_worth_more', pointer, detail }];
    });
  });
}

/**
 * Law P99: the partner pays for a point that comes in no less than the programme pays for one, in
 * any reward, as tender, or to a partner whose currency it becomes.
 */
export function conversionCover(document: ProgrammeDocument): Finding[] {
  const { partners = [] } = document;
  const ways = payingItself(document);
  return comingIn(document).flatMap(({ partner, pointer }) => {
    const terms = partners.find(({ code }) => code === partner)?.terms;
    if (terms === undefined) return [];
    const price = parseRate(terms.price) ?? 0n;
    return ways.flatMap(({ what, value, points }): Finding[] => {
      if (price * points >= value * MILLION) return [];
      const detail = `With ${what} the programme pays more for a point than "${partner}" does.`;
      return [{ code: 'comes_in_below_worth', pointer, detail }];
    });
  });
}

interface ComingIn extends Pick<Conversion, 'partner' | 'unitWorth'> {
  rate: ConversionIn;
  pointer: string;
}

const comingIn = ({ conversions = [] }: ProgrammeDocument): ComingIn[] =>
  conversions.flatMap(({ partner, unitWorth, in: rate }, place) =>
    rate === undefined
      ? []
      : [{ partner, unitWorth, rate, pointer: `/conversions/${String(place)}/in` }],
  );
