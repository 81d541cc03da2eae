/** Partners' currencies as the core reads them. */
import type { ForeignCurrency, InTerms, OutTerms } from '../../rules/conversions/terms.js';
import { parseRate } from '../../rules/points.js';
import type * as written from '../document.js';

const HOUR_MS = 3_600_000;

export function compileConversions({
  conversions = [],
}: written.ProgrammeDocument): ReadonlyMap<string, ForeignCurrency> {
  return new Map(
    conversions.map((conversion) => {
      const { code, name, partner, out } = conversion;
      return [code, { code, name, partner, out: out && termsOut(out), in: termsIn(conversion) }];
    }),
  );
}

function termsOut({
  fee = 0,
  feeShare = '0',
  bonusPoints = false,
  coolDownHours,
  answerHours,
  ...rest
}: written.ConversionOut): OutTerms {
  const share = parseRate(feeShare);
  if (share === undefined) throw new Error('invariant: only a checked document is compiled');
  return {
    ...rest,
    ...{ fee, feeShare: share, bonusPoints },
    coolDownMs: coolDownHours * HOUR_MS,
    answerMs: answerHours * HOUR_MS,
  };
}

const termsIn = ({ in: terms }: written.Conversion): InTerms | undefined => terms;
