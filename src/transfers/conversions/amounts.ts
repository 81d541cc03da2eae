/** What a conversion came to, read from its posting. */
import type { Posting } from '../../ledger/posting.js';
import { before, currencyOf, type Way } from '../../rules/conversions/terms.js';
import { BILLION } from '../../rules/points.js';
import type { Programme } from '../../rules/programme.js';

/** The figures of a conversion. */
export interface Told {
  currency: { code: string; name: string };
  way: Way;
  points: number;
  fee: number;
  units: number;
}

/** A partner's currency by the name it has in a version. */
export const named = (programme: Programme, code: string): Told['currency'] => ({
  code,
  name: programme.conversions.get(code)?.name ?? code,
});

/** What a posting that held, ended or booked a conversion says of it. */
export function amountsIn(posting: Posting, version: (no: number) => Programme): Told {
  const programme = version(posting.versionNo);
  const [row] = posting.effects.redemptions ?? [];
  if (row === undefined) return amountsOfUnits(posting, programme);
  const [reward, points, units, termsNo] = [row[2], row[3], row[8], row[13]];
  const code = currencyOf(String(reward)) ?? '';
  const terms = version(Number(termsNo)).conversions.get(code)?.out;
  if (terms === undefined) throw new Error('invariant: a conversion is held by terms of a version');
  const converted = before(terms, Number(units));
  return {
    currency: named(programme, code),
    way: 'out',
    points: converted,
    fee: Number(points) - converted,
    units: Number(units),
  };
}

function amountsOfUnits({ explanation }: Posting, programme: Programme): Told {
  const item = explanation.find((each) => each[2] === 'units_converted');
  if (item === undefined) throw new Error('invariant: a conversion says what was converted');
  const [units = '', code = ''] = String(item[4]).split(' ');
  const points = Number(BigInt(item[3]) / BILLION);
  return { currency: named(programme, code), way: 'in', points, fee: 0, units: Number(units) };
}
