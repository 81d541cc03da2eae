import { Shown } from '../../platform/openapi/view.decorator.js';
import { formatBillionths, formatRate } from '../../rules/points.js';
import type { PartnerTerms } from '../../rules/partners/terms.js';
import type { Block } from './blocks.queries.js';
import type { PartnerStanding } from './partner-standings.service.js';

export class BlockView {
  @Shown('whole', "Counts the partner's blocks from 1; the lowest is consumed first.")
  n: number;

  @Shown('whole')
  points: number;

  @Shown('decimal', 'Minor units that a point cost.')
  price: string;

  @Shown('instant')
  addedAt: string;

  @Shown('text', 'Who recorded it.')
  addedBy: string;
}

export class TermsView {
  @Shown({ enum: ['prepaid', 'postpaid'] })
  kind: string;

  @Shown('decimal', 'Minor units that the partner pays for a point.')
  price: string;

  @Shown('decimal', 'Minor units that the partner is paid for a point redeemed at it.')
  redemptionPrice: string;

  @Shown('decimal', 'Its share of the points of purchases at it, where no rule says otherwise.')
  share: string;

  @Shown(
    { enum: ['refuse', 'queue'] },
    'What becomes of purchases when the block is empty.',
    'optional',
  )
  whenEmpty?: string;
}

export class PrepaidView {
  @Shown('whole', 'Points of all blocks together.')
  total: number;

  @Shown('whole')
  left: number;

  @Shown('whole')
  alertBelow: number;

  @Shown('flag', 'Whether less is left than the alert value.')
  alert: boolean;

  @Shown('decimal', 'Exact points of what was bought at it that wait until it has paid.')
  waiting: string;

  @Shown('whole', 'Purchases of which something waits.')
  waitingPurchases: number;
}

export class PartnerView {
  @Shown('text')
  code: string;

  @Shown({ enum: ['partner', 'franchise', 'agent'] })
  kind: string;

  @Shown(TermsView, 'Null when it pays for nothing.', 'nullable')
  terms: TermsView | null;

  @Shown(
    PrepaidView,
    'What is left of prepaid points; null when they are paid afterwards.',
    'nullable',
  )
  prepaid: PrepaidView | null;
}

export class PartnerBlocksView extends PartnerView {
  @Shown([BlockView], 'Earliest first.')
  blocks: BlockView[];
}

export class PartnersView {
  @Shown([PartnerView])
  partners: PartnerView[];
}

export function partnerView({ partner, total, used, waiting }: PartnerStanding): PartnerView {
  const { code, kind, terms } = partner;
  const prepaid = terms?.prepaid;
  const left = Math.max(0, total - used);
  return {
    code,
    kind,
    terms: terms === undefined ? null : termsView(terms),
    prepaid:
      prepaid === undefined
        ? null
        : {
            ...{ total, left, alertBelow: prepaid.alertBelow, alert: left < prepaid.alertBelow },
            waiting: formatBillionths(waiting.billionths),
            waitingPurchases: waiting.purchases,
          },
  };
}

export function partnerBlocksView(
  standing: PartnerStanding,
  blocks: readonly Block[],
): PartnerBlocksView {
  const { code, kind, terms, prepaid } = partnerView(standing);
  return { code, kind, terms, prepaid, blocks: blocks.map(blockView) };
}

function termsView({ price, redemptionPrice, share, prepaid }: PartnerTerms): TermsView {
  return {
    kind: prepaid === undefined ? 'postpaid' : 'prepaid',
    price: formatRate(price),
    redemptionPrice: formatRate(redemptionPrice),
    share: formatRate(share),
    ...(prepaid !== undefined && { whenEmpty: prepaid.whenEmpty }),
  };
}

export function blockView({ n, points, price, addedAt, addedBy }: Block): BlockView {
  const at = new Date(addedAt).toISOString();
  return { n, points, price: formatRate(price), addedAt: at, addedBy };
}
