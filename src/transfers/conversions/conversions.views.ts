import { publicId } from '../../ledger/address.js';
import { BalanceFigures } from '../../ledger/ledger.views.js';
import type { Posting } from '../../ledger/posting.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { NamedView } from '../../programmes/views/programmes.views.js';
import {
  before,
  currencyOf,
  type ConversionLimits,
  type ForeignCurrency,
  type OutTerms,
  type Way,
} from '../../rules/conversions/terms.js';
import { BILLION, formatRate } from '../../rules/points.js';
import type { Programme } from '../../rules/programme.js';
import type { ConversionRow } from './conversions.queries.js';

const states = ['held', 'confirmed', 'failed', 'expired'] as const;
type State = (typeof states)[number];

/** What a conversion comes to. */
class Amounts {
  @Shown(NamedView, "The partner's currency.")
  currency: NamedView;

  @Shown({ enum: ['out', 'in'] }, 'Whether points become units, or units points.')
  way: Way;

  @Shown('whole', 'Points that become units, or that units become.')
  points: number;

  @Shown('whole', 'What it costs on top, in points.')
  fee: number;

  @Shown('whole', "Of the partner's currency.")
  units: number;
}

export class ConversionView extends Amounts {
  @Shown('text')
  id: string;

  @Shown('memberId')
  member: string;

  @Shown({ enum: [...states] }, 'Points are gone once it is confirmed.')
  state: State;

  @Shown('instant', 'When the points are there again if the partner has not confirmed.', 'nullable')
  expiresAt: string | null;

  @Shown(BalanceFigures, 'What the member has right after it.', 'optional')
  balance?: BalanceFigures;
}

export class ConversionQuoteView extends Amounts {
  @Shown({ type: 'boolean', enum: [true] }, 'A refusal is a problem instead.')
  accepted: true;

  @Shown(BalanceFigures)
  balanceAfter: BalanceFigures;
}

export class ConversionsView {
  @Shown([ConversionView], 'Newest first.')
  items: ConversionView[];

  @Shown('text', '`cursor` of the page after; null on the last.', 'nullable')
  next: string | null;
}

class LimitsView {
  @Shown('whole')
  day: number;

  @Shown('whole')
  year: number;

  @Shown('whole')
  lifetime: number;
}

class OutView {
  @Shown('whole', 'So many points ...')
  give: number;

  @Shown('whole', '... are so many units.')
  get: number;

  @Shown('whole', 'Points on top of each conversion.')
  fee: number;

  @Shown('decimal', 'Share of the points on top of that, rounded up.')
  feeShare: string;

  @Shown('whole')
  minimumPoints: number;

  @Shown('whole', 'In what multiples points are converted.')
  step: number;

  @Shown(LimitsView, 'The most points of one member, fees included.')
  limits: LimitsView;

  @Shown('whole', 'Hours between two conversions.')
  coolDownHours: number;

  @Shown('whole', 'Hours that the partner has to confirm.')
  answerHours: number;
}

class InView {
  @Shown('whole', 'So many units ...')
  give: number;

  @Shown('whole', '... are so many points.')
  get: number;

  @Shown('whole')
  minimumUnits: number;

  @Shown('whole', 'In what multiples units are converted.')
  step: number;

  @Shown(LimitsView, 'The most points that come in for one member.')
  limits: LimitsView;
}

export class ForeignCurrencyView extends NamedView {
  @Shown('text', 'Code of the partner whose currency it is.')
  partner: string;

  @Shown(OutView, 'Null = points are not turned into it.', 'nullable')
  out: OutView | null;

  @Shown(InView, 'Null = it is not turned into points.', 'nullable')
  in: InView | null;
}

const HOUR_MS = 3_600_000;

const limitsView = ({ day, year, lifetime }: ConversionLimits): LimitsView => ({
  day,
  year,
  lifetime,
});

function outView(terms: OutTerms): OutView {
  const { give, get, fee, feeShare, minimumPoints, step, limits, coolDownMs, answerMs } = terms;
  return {
    ...{ give, get, fee, feeShare: formatRate(feeShare), minimumPoints, step },
    limits: limitsView(limits),
    coolDownHours: coolDownMs / HOUR_MS,
    answerHours: answerMs / HOUR_MS,
  };
}

export const foreignCurrencyView = ({
  code,
  name,
  partner,
  out,
  in: into,
}: ForeignCurrency): ForeignCurrencyView => ({
  ...{ code, name, partner },
  out: out === undefined ? null : outView(out),
  in: into === undefined ? null : { ...into, limits: limitsView(into.limits) },
});

const instant = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString();

const named = (programme: Programme, code: string): NamedView => ({
  code,
  name: programme.conversions.get(code)?.name ?? code,
});

/** The figures of a conversion as plain words. */
type Told = { [key in keyof Amounts]: Amounts[key] };

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
    ...{ currency: named(programme, code), way: 'out' },
    ...{ points: converted, fee: Number(points) - converted, units: Number(units) },
  };
}

function amountsOfUnits({ explanation }: Posting, programme: Programme): Told {
  const item = explanation.find((each) => each[2] === 'units_converted');
  if (item === undefined) throw new Error('invariant: a conversion says what was converted');
  const [units = '', code = ''] = String(item[4]).split(' ');
  const points = Number(BigInt(item[3]) / BILLION);
  return { currency: named(programme, code), way: 'in', points, fee: 0, units: Number(units) };
}

const endings: Readonly<Record<string, State>> = {
  hold: 'held',
  redeem: 'confirmed',
  release: 'failed',
  convert: 'confirmed',
};

/** The answer to whatever made or ended a conversion, rendered from its posting. */
export function postedConversion(
  posting: Posting,
  version: (no: number) => Programme,
): Omit<ConversionView, 'balance'> {
  const [row] = posting.effects.redemptions ?? [];
  const { memberId, kind } = posting;
  const seq = row === undefined ? posting.seq : Number(row[0]);
  return {
    id: publicId('cnv', { memberId, seq }),
    member: memberId,
    ...amountsIn(posting, version),
    state: endings[kind] ?? 'held',
    expiresAt: instant(row === undefined ? null : Number(row[5])),
  };
}

/** One of a list, as it stands at an instant. */
export function conversionView(
  row: ConversionRow,
  programme: Programme,
  now: number,
): ConversionView {
  const { way, currency, points, fee, units, answer, expiresAt } = row;
  const isOpen = expiresAt === null || now < expiresAt;
  return {
    id: publicId('cnv', row),
    member: row.memberId,
    ...{ currency: named(programme, currency), way, points, fee, units },
    state: answer ?? (isOpen ? 'held' : 'expired'),
    expiresAt: instant(expiresAt),
  };
}
