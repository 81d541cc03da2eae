import { publicId } from '../../ledger/address.js';
import type { Posting } from '../../ledger/posting.js';
import { BalanceFigures, balanceOf } from '../../ledger/ledger.views.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { explain } from '../../programmes/explain.js';
import { ExplainedItem } from '../../programmes/views/programmes.views.js';
import type { Programme } from '../../rules/programme.js';
import { formatBillionths } from '../../rules/points.js';
import { standingView } from '../../tiers/standing.js';
import { StandingView } from '../../tiers/tiers.views.js';
import { AccrualView } from '../accrual.views.js';

class ReturnedLineView {
  @Shown('whole', 'Position of the line in the purchase, from 0.')
  line: number;

  @Shown('whole', 'Pieces that came back.')
  quantity: number;

  @Shown('whole', 'Minor units refunded.')
  amount: number;
}

class GivenBackView {
  @Shown('text')
  redemption: string;

  @Shown('text', 'Code of the reward.')
  reward: string;

  @Shown('whole', 'Points given back.')
  points: number;
}

export class ReturnView {
  @Shown('text', 'Null in a preview: nothing was booked.', 'nullable')
  posting: string | null;

  @Shown('text', 'The purchase it is about.')
  purchase: string;

  @Shown('memberId')
  member: string;

  @Shown('instant')
  occurredAt: string;

  @Shown('instant')
  recordedAt: string;

  @Shown('whole', 'The version that awarded the purchase, and so decides what comes back.')
  programmeVersion: number;

  @Shown('whole', 'Change of whole points: negative when more is taken back than given back.')
  points: number;

  @Shown('decimal', 'What the rules take back, before the carried remainder makes whole points.')
  exactPoints: string;

  @Shown([ReturnedLineView])
  lines: ReturnedLineView[];

  @Shown([GivenBackView], 'Rewards used on the purchase whose points came back.')
  givenBack: GivenBackView[];

  @Shown(BalanceFigures)
  balance: BalanceFigures;

  @Shown(StandingView)
  standing: StandingView;

  @Shown([ExplainedItem], 'Every item that changes, with its reason.')
  why: ExplainedItem[];

  @Shown(AccrualView, 'What the member took instead; null when nothing.', 'nullable')
  exchange: AccrualView | null;
}

/** The answer to a return, rendered from its posting alone, so a replay renders the same. */
export function returnView(
  posting: Posting,
  programme: Programme,
  rest: { isPreview: boolean; exchange: AccrualView | null },
): ReturnView {
  const { memberId, seq, subjectSeq, after, effects } = posting;
  const purchase = publicId('pur', { memberId, seq: subjectSeq ?? seq });
  return {
    posting: rest.isPreview ? null : publicId('pst', { memberId, seq }),
    purchase,
    member: memberId,
    occurredAt: new Date(posting.occurredAt).toISOString(),
    recordedAt: new Date(posting.recordedAt).toISOString(),
    programmeVersion: posting.versionNo,
    points: effects.points ?? 0,
    exactPoints: formatBillionths(posting.billionths),
    lines: (effects.returned?.[1] ?? []).map(([line, quantity, amount]) => ({
      line,
      quantity,
      amount,
    })),
    givenBack: (effects.redemptions ?? []).map(([redemption, , reward, points]) => ({
      redemption: publicId('rdm', { memberId, seq: Number(redemption) }),
      reward: String(reward),
      points: Number(points),
    })),
    balance: balanceOf(after),
    standing: standingView(programme, after, effects.counted),
    why: explain(posting.explanation, programme),
    exchange: rest.exchange,
  };
}
