import { publicId, type RowAddress } from '../ledger/address.js';
import { answerOf, type Posted } from '../ledger/command.js';
import { BalanceFigures, balanceOf } from '../ledger/ledger.views.js';
import type { CompactEffects } from '../ledger/posting.js';
import { instantText } from '../platform/openapi/instant-text.js';
import { Shown } from '../platform/openapi/view.decorator.js';
import { explain } from '../programmes/explain.js';
import { ExplainedItem } from '../programmes/views/programmes.views.js';
import type { Programme } from '../rules/programme.js';
import { formatBillionths } from '../rules/points.js';
import { standingView } from '../tiers/standing.js';
import { StandingView } from '../tiers/tiers.views.js';
import type { PurchaseContent as StoredContent } from './purchase-row.js';
import type { StoredPurchase } from './purchases.queries.js';
import { PurchaseLineInput, TenderInput } from './purchases.requests.js';

export class LowBlockView {
  @Shown('whole', 'Points left of all its blocks once this was booked.')
  left: number;

  @Shown('whole')
  alertBelow: number;
}

export class AccrualView {
  @Shown('text', 'Null in a preview: nothing was booked.', 'nullable')
  posting: string | null;

  @Shown('text', 'Null in a preview, and of an activity.', 'nullable')
  purchase: string | null;

  @Shown('memberId')
  member: string;

  @Shown('instant')
  occurredAt: string;

  @Shown('instant')
  recordedAt: string;

  @Shown('whole')
  programmeVersion: number;

  @Shown('whole', 'Whole points accrued.')
  points: number;

  @Shown('decimal', 'What the rules computed, before the carried remainder makes whole points.')
  exactPoints: string;

  @Shown('decimal', 'Fraction of a point carried to the next accrual.')
  carried: string;

  @Shown(
    'decimal',
    'Exact points beside those that wait until the partner has paid for them.',
    'optional',
  )
  waiting?: string;

  @Shown('instant', 'When the points can be spent; null when there are none.', 'nullable')
  availableFrom: string | null;

  @Shown('instant', 'When they go; null when they stay, or there are none.', 'nullable')
  expiresAt: string | null;

  @Shown(BalanceFigures)
  balance: BalanceFigures;

  @Shown(StandingView)
  standing: StandingView;

  @Shown([ExplainedItem], 'Every rule considered, applied or skipped.')
  why: ExplainedItem[];

  @Shown('text', 'A line of thanks.')
  thanks: string;

  @Shown(LowBlockView, "That the partner's own block is below its alert value.", 'optional')
  partnerBlock?: LowBlockView;
}

/** The answer to an accrual, rendered from its posting alone, so a replay renders the same. */
export function accrualView(posted: Posted, programme: Programme, isPreview: boolean): AccrualView {
  const posting = answerOf(posted);
  const { after, effects, memberId, seq } = posting;
  const lot = effects.lots?.find(([lotSeq]) => lotSeq === seq);
  const instant = (value: string | number | null | undefined): string | null =>
    typeof value === 'number' ? instantText(value) : null;
  return {
    posting: isPreview ? null : publicId('pst', { memberId, seq }),
    purchase: isPreview ? null : publicId('pur', { memberId, seq }),
    member: memberId,
    occurredAt: instantText(posting.occurredAt),
    recordedAt: instantText(posting.recordedAt),
    programmeVersion: posting.versionNo,
    points: Number(lot?.[6] ?? 0),
    exactPoints: formatBillionths(posting.billionths),
    carried: formatBillionths(after.remainder),
    availableFrom: instant(lot?.[4]),
    expiresAt: instant(lot?.[5]),
    balance: balanceOf(after),
    standing: standingView(programme, after, effects.counted),
    why: explain(posting.explanation, programme),
    thanks: programme.thanks[seq % programme.thanks.length] ?? '',
    ...waitingOf(effects),
    ...lowBlockOf(effects),
  };
}

/** What a posting leaves waiting of the purchase it is about. */
function waitingOf({ waiting }: CompactEffects): Pick<AccrualView, 'waiting'> {
  const [, , , billionths] = waiting?.[0] ?? [];
  return billionths === undefined ? {} : { waiting: formatBillionths(BigInt(billionths)) };
}

function lowBlockOf({ low }: CompactEffects): Pick<AccrualView, 'partnerBlock'> {
  if (low === undefined) return {};
  const [left, alertBelow] = low;
  return { partnerBlock: { left, alertBelow } };
}

class ActivityContent {
  @Shown('text', 'A visit, deposit, review, survey, profile or meter_reading.')
  kind: string;

  @Shown('whole', 'What it was worth in minor units.', 'optional')
  value?: number | undefined;

  @Shown('text', 'Code of the category a meter reading is about.', 'optional')
  category?: string | undefined;

  @Shown('whole', 'Units on the meter.', 'optional')
  reading?: number | undefined;
}

class PurchaseContent {
  @Shown([PurchaseLineInput])
  lines: PurchaseLineInput[];

  @Shown([TenderInput], undefined, 'optional')
  tenders?: TenderInput[];

  @Shown('text', undefined, 'optional')
  location?: string;

  @Shown('text', undefined, 'optional')
  channel?: string;

  @Shown('text', undefined, 'optional')
  merchantCategoryCode?: string;

  @Shown(ActivityContent, 'What was done, where nothing was bought.', 'optional')
  activity?: ActivityContent | undefined;
}

export class PurchaseView {
  @Shown('text')
  id: string;

  @Shown('memberId')
  member: string;

  @Shown('text')
  retailer: string;

  @Shown('text', "The retailer's own number; null once erased.", 'nullable')
  reference: string | null;

  @Shown('instant')
  occurredAt: string;

  @Shown(PurchaseContent, 'What was bought; null once erased.', 'nullable')
  content: PurchaseContent | null;
}

/** A purchase as its retailer posted it. */
export function purchaseView(address: RowAddress, stored: StoredPurchase): PurchaseView {
  const { retailer, reference, occurredAt, content } = stored;
  return {
    id: publicId('pur', address),
    member: address.memberId,
    retailer,
    reference,
    occurredAt: occurredAt.toISOString(),
    content: content === null ? null : asPosted(content),
  };
}

/** What was known of the member is none of the retailer's business. */
function asPosted({ traits: _traits, ...content }: StoredContent): PurchaseContent {
  return content;
}
