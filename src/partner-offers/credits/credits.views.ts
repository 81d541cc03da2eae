import { Shown } from '../../platform/openapi/view.decorator.js';
import { formatBillionths } from '../../rules/points.js';
import { sheetOf, spanOf } from '../settlement/page.js';
import type { Cell } from '../settlement/table.js';
import type { CreditReport } from './credits.service.js';

export class CreditLineView {
  @Shown({ enum: ['sold', 'returned', 'corrected'] })
  kind: string;

  @Shown('whole', 'The version that decided it.')
  programmeVersion: number;

  @Shown('whole', 'How many sales, returns or corrections.')
  count: number;

  @Shown('decimal', 'Exact points: what they gave members, or took back where negative.')
  points: string;
}

export class CreditsView {
  @Shown('text')
  agent: string;

  @Shown('text', 'The month: 2026-06.')
  period: string;

  @Shown('instant', 'Its first instant.')
  from: string;

  @Shown('instant', 'The first instant of the next one.')
  until: string;

  @Shown('flag', 'Whether nothing can come to it any more; a closed month always reads the same.')
  closed: boolean;

  @Shown([CreditLineView])
  lines: CreditLineView[];

  @Shown('whole', 'How many sales.')
  sales: number;

  @Shown('whole', 'How many members they were made to.')
  members: number;

  @Shown('decimal', 'Exact points of all lines together.')
  points: string;
}

export function creditsView({ credit, isClosed }: CreditReport): CreditsView {
  const { agent, period, lines, sales, members, billionths } = credit;
  return {
    agent,
    period: period.name,
    closed: isClosed,
    sales,
    members,
    from: new Date(period.from).toISOString(),
    until: new Date(period.until).toISOString(),
    lines: lines.map(({ kind, versionNo, count, billionths: exact }) => ({
      kind,
      programmeVersion: versionNo,
      count,
      points: formatBillionths(exact),
    })),
    points: formatBillionths(billionths),
  };
}

export const creditColumns = ['entry', 'version', 'count', 'points'] as const;

/** Lines, then what they come to; the points above the last ones come to those. */
export function creditRows({ lines, sales, members, points }: CreditsView): Cell[][] {
  return [
    ...lines.map(({ kind, programmeVersion, count, points: exact }): Cell[] => [
      ...[kind, programmeVersion, count, exact],
    ]),
    ['members', '', members, ''],
    ['all sales', '', sales, points],
  ];
}

export function creditPage(view: CreditsView, programme: string): string {
  return sheetOf({
    title: `Credits ${view.period}: ${view.agent}`,
    programme,
    said: [...spanOf(view), ['Points', 'Exact points that members earned by what the agent sold.']],
    columns: creditColumns,
    numeric: new Set(['version', 'count', 'points']),
    rows: creditRows(view),
  });
}
