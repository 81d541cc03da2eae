import { Shown } from '../../platform/openapi/view.decorator.js';
import { formatRate } from '../../rules/points.js';
import type { Settlement } from './settlement.service.js';

const lineKinds = [
  'issued',
  'awarded',
  'returned',
  'corrected',
  'redeemed',
  'converted_in',
  'converted_out',
];

export class SettlementLine {
  @Shown({ enum: lineKinds }, 'What moved the points.')
  kind: string;

  @Shown({ enum: ['prepaid', 'postpaid'] }, 'Whether the points come out of blocks.')
  terms: string;

  @Shown(
    'whole',
    'Positive = the partner pays for them; of redeemed ones, and those converted out, it is paid.',
  )
  points: number;

  @Shown('decimal', 'Minor units for a point.')
  price: string;

  @Shown('decimal', 'Minor units, exact: positive = the partner owes it. 0 for what is prepaid.')
  amount: string;
}

export class ConsumedBlock {
  @Shown('whole')
  n: number;

  @Shown('whole', 'Negative = given back by returns.')
  points: number;

  @Shown('decimal', 'Minor units for a point.')
  price: string;

  @Shown('decimal', 'Minor units, exact; what was consumed was owed when its block was added.')
  amount: string;
}

export class SettledBlocks {
  @Shown('whole', 'Points left before the month.')
  opening: number;

  @Shown([ConsumedBlock], 'Blocks paid for in the month.')
  added: ConsumedBlock[];

  @Shown([ConsumedBlock], 'Points of each block that the month consumed, the earliest block first.')
  consumed: ConsumedBlock[];

  @Shown('whole', 'Points left after it: `opening` and what was added less what was consumed.')
  closing: number;

  @Shown('flag', 'Whether less was left after it than the alert value that the terms then said.')
  alert: boolean;
}

export class SettlementView {
  @Shown('text')
  partner: string;

  @Shown('text', 'The month: 2026-06.')
  period: string;

  @Shown('instant', 'Its first instant.')
  from: string;

  @Shown('instant', 'The first instant of the next one.')
  until: string;

  @Shown('flag', 'Whether nothing can come to it any more; a closed month always reads the same.')
  closed: boolean;

  @Shown('text', 'ISO 4217 code.')
  currency: string;

  @Shown([SettlementLine])
  lines: SettlementLine[];

  @Shown(SettledBlocks)
  blocks: SettledBlocks;

  @Shown('decimal', 'Minor units that the partner owes, exact; negative = it is owed.')
  exactBalance: string;

  @Shown('whole', 'The same, rounded once, half a minor unit away from 0.')
  balance: number;
}

/** Millionths as a decimal string, which may be negative. */
export const decimal = (millionths: bigint): string =>
  millionths < 0n ? `-${formatRate(-millionths)}` : formatRate(millionths);

const instant = (at: number): string => new Date(at).toISOString();

export function settlementView(settlement: Settlement): SettlementView {
  const { statement, programme, isClosed, alertBelow } = settlement;
  const { partner, period, lines, opening, closing, added, consumed, exact, balance } = statement;
  const priced = ({
    n,
    points,
    price,
  }: {
    n: number;
    points: number;
    price: bigint;
  }): ConsumedBlock => ({
    ...{ n, points, price: decimal(price) },
    amount: decimal(BigInt(points) * price),
  });
  return {
    partner,
    period: period.name,
    from: instant(period.from),
    until: instant(period.until),
    closed: isClosed,
    currency: programme.currency,
    lines: lines.map(({ kind, isPrepaid, points, price, amount }) => ({
      ...{ kind, points, price: decimal(price), amount: decimal(amount) },
      terms: isPrepaid ? 'prepaid' : 'postpaid',
    })),
    blocks: {
      ...{ opening, added: added.map(priced), consumed: consumed.map(priced), closing },
      alert: alertBelow !== undefined && closing < alertBelow,
    },
    exactBalance: decimal(exact),
    balance: Number(balance),
  };
}
