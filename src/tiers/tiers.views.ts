import { Shown } from '../platform/openapi/view.decorator.js';
import { NamedView } from '../programmes/views/programmes.views.js';

class NextTierView extends NamedView {
  @Shown('whole', 'Qualifying points from which it is reached.')
  threshold: number;

  @Shown('whole', 'Qualifying points to go.')
  missing: number;
}

/** Where a member stands. */
export class StandingView {
  @Shown(NamedView)
  tier: NamedView;

  @Shown('whole', 'Whole qualifying points; spending never lowers them.')
  qualifyingPoints: number;

  @Shown(NextTierView, 'The next tier; null on the highest.', 'nullable')
  next: NextTierView | null;
}
