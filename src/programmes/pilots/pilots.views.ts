import type { Side } from '../../ledger/crowds/pilot-figures.queries.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { formatBillionths } from '../../rules/points.js';
import { PilotTermsView, pilotTermsView } from '../views/programmes.views.js';
import type { PilotsService, PilotState } from './pilots.service.js';

export class PilotView extends PilotTermsView {
  @Shown('whole', 'Number of the version.')
  version: number;

  @Shown('instant', 'When the pilot starts.')
  from: string;
}

class SideView {
  @Shown('whole', 'Members with a purchase.')
  members: number;

  @Shown('whole')
  purchases: number;

  @Shown('decimal', 'Exact points of these purchases, what was returned of them taken off.')
  points: string;
}

class ComparisonView {
  @Shown(SideView, 'Decided by the piloted version.')
  inside: SideView;

  @Shown(SideView, 'Decided by the version beside it.')
  outside: SideView;
}

export class PilotOutcomeView extends PilotView {
  @Shown(
    ComparisonView,
    'From its start to its end; null when counting takes too long.',
    'nullable',
  )
  comparison: ComparisonView | null;
}

export function pilotView({ pilot, from }: PilotState): PilotView {
  const own = { version: pilot.versionNo, from: new Date(from).toISOString() };
  return Object.assign(pilotTermsView(pilot), own);
}

export function pilotOutcomeView({
  figures,
  ...state
}: Awaited<ReturnType<PilotsService['outcome']>>): PilotOutcomeView {
  const side = ({ members, purchases, billionths }: Side): SideView => ({
    members,
    purchases,
    points: formatBillionths(billionths),
  });
  const comparison = figures && { inside: side(figures.inside), outside: side(figures.outside) };
  return Object.assign(pilotView(state), { comparison: comparison ?? null });
}
