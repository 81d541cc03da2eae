import { WAITS, type ExplanationItem } from '../../src/rules/explanation.js';
import type { Partner, Partners, PartnerTerms, Share } from '../../src/rules/partners/terms.js';

const MILLION = 1_000_000n;
export const BILLION = 1_000_000_000n;
export const terms = (changed: Partial<PartnerTerms> = {}): PartnerTerms => ({
  ...{ price: MILLION, redemptionPrice: MILLION, share: MILLION, prepaid: undefined },
  ...changed,
});
export const block = (code: string, whenEmpty: 'refuse' | 'queue'): PartnerTerms =>
  terms({ prepaid: { block: `block/${code}`, whenEmpty, alertBelow: 50 } });
export const partnersOf = (
  of: Record<string, PartnerTerms | undefined>,
  funders: readonly [number, Share[]][] = [],
): Partners => ({
  byCode: new Map(
    Object.entries(of).map(([code, its]): [string, Partner] => [
      code,
      { code, kind: 'partner', terms: its },
    ]),
  ),
  funders: new Map(funders),
});
export const partners = partnersOf({
  ...{ corner: block('corner', 'refuse'), café: block('café', 'queue') },
  ...{ later: terms(), agent: undefined },
});
export const item = (rule: number, billionths: bigint, line = 0): ExplanationItem => [
  rule,
  line,
  'rate_applied',
  billionths.toString(),
];
export const waits = (billionths: bigint, partner = 'café'): ExplanationItem =>
  [...[WAITS, -1, 'waits_for_partner', (-billionths).toString(), partner]] as const;
