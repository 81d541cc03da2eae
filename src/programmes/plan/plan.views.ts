import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { FindingView } from '../drafts/drafts.views.js';
import type { Finding } from '../laws/finding.js';
import { NamedView } from '../views/programmes.views.js';
import type { Impact } from './impact.service.js';
import type { Named, Plan, Told, ToldChange } from './plan.service.js';

const kinds = ['added', 'removed', 'changed', 'moved'] as const;

/** Whatever may stand in a document. */
const anything: ApiPropertyOptions = {
  oneOf: [
    { type: 'object', additionalProperties: true },
    { type: 'array', items: {} },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'null' },
  ],
};

export class ChangeView {
  @Shown({ enum: [...kinds] })
  kind: (typeof kinds)[number];

  @Shown('text', 'JSON pointer into the later document; of what was removed, the earlier one.')
  pointer: string;

  @Shown('text', 'Where in the earlier document what was moved has been.', 'optional')
  from?: string;

  @Shown(anything, 'Missing where there was nothing.', 'optional')
  before?: unknown;

  @Shown(anything, 'Missing where there is nothing any more.', 'optional')
  after?: unknown;

  @Shown('text', 'The change as a sentence, with names, units and money.')
  says: string;
}

class ComparedView {
  @Shown('text', 'As asked for: `draft`, `live`, `newest`, or a number.')
  name: string;

  @Shown('whole', 'Its number; null = it is no version.', 'nullable')
  version: number | null;
}

class ChangesView {
  @Shown([ChangeView], 'In the order of the schema; 2,000 at most.')
  changes: ToldChange[];

  @Shown('whole', 'Changes beyond those told.')
  more: number;
}

export class DiffView extends ChangesView {
  @Shown(ComparedView)
  from: ComparedView;

  @Shown(ComparedView)
  to: ComparedView;
}

class TierShareView extends NamedView {
  @Shown('whole', 'Members who stand in it under the version that the document follows.')
  members: number;

  @Shown(
    'whole',
    'Members whose points reach it, and no higher one, under the document; or who will stand in it.',
  )
  reached: number;
}

class TierMoveView {
  @Shown('text', 'Code of the tier they stand in under that version.')
  from: string;

  @Shown('text', 'Code of the tier that the thresholds of the document give.')
  to: string;

  @Shown('text', 'Code of the tier they will stand in: that one, or until a review one they hold.')
  stands: string;

  @Shown('whole')
  members: number;
}

class TierImpactView {
  @Shown('whole', 'All members.')
  members: number;

  @Shown(
    'flag',
    'Whether lifetime points decide under the document; else who reaches what is not counted.',
  )
  byPoints: boolean;

  @Shown('whole', 'Points they have, held ones included; their terms stay as they are.')
  points: number;

  @Shown([TierShareView], "The document's ladder, then tiers that it has no longer.")
  tiers: TierShareView[];

  @Shown([TierMoveView])
  moves: TierMoveView[];
}

class RemovedRewardView extends NamedView {
  @Shown('whole', 'Holds that are open; they can still be captured or released.')
  openHolds: number;

  @Shown('whole', 'Points in them.')
  points: number;
}

class ImpactView {
  @Shown(TierImpactView, 'Null when counting takes longer than fifteen seconds.', 'nullable')
  tiers: TierImpactView | null;

  @Shown([RemovedRewardView])
  removedRewards: RemovedRewardView[];
}

export class PlanView extends ChangesView {
  @Shown('whole', 'The newest version, which the changes are against; null = none.', 'nullable')
  base: number | null;

  @Shown([FindingView], 'Everything that keeps the document from being published.')
  findings: readonly Finding[];

  @Shown(ImpactView, 'Null while there are findings, and for a first version.', 'nullable')
  impact: ImpactView | null;
}

export function planView({ base, impact, ...rest }: Plan): PlanView {
  return { ...rest, base: base === 0 ? null : base, impact: impact ? impactView(impact) : null };
}

const impactView = ({ tiers, removedRewards }: Impact): ImpactView => ({
  tiers: tiers ?? null,
  removedRewards,
});

export function diffView({ from, to, ...told }: Told & { from: Named; to: Named }): DiffView {
  const compared = ({ name, version }: Named): ComparedView => ({ name, version: version ?? null });
  return { ...told, from: compared(from), to: compared(to) };
}
