import { Shown } from '../../platform/openapi/view.decorator.js';
import { reasonCodes } from '../../rules/explanation.js';
import type { ProgrammeDocument } from '../document.js';
import type { ProgrammeVersion } from '../programme-version.entity.js';
import { formatRate } from '../../rules/points.js';
import type { Pilot } from '../pilots/pilot.js';
import type { Moment, Published } from '../programmes.service.js';
import { documentSchema } from './document.schema.js';

/** Something a programme declares, such as a tier or a reward. */
export class NamedView {
  @Shown('text', 'What machines call it, the same in every version.')
  code: string;

  @Shown('text', 'What members see.')
  name: string;
}

export class ExplainedItem {
  @Shown(
    'text',
    "Id of the rule, `tier` for the tier's bonus, null for what no rule made.",
    'nullable',
  )
  rule: string | null;

  @Shown('text', "What members see: the rule's name, or an adjustment's reason.", 'nullable')
  name: string | null;

  @Shown('whole', 'Index of the purchase line; null = the whole event.', 'nullable')
  line: number | null;

  @Shown({ enum: [...reasonCodes] })
  code: string;

  @Shown('decimal', "Exact points; the items of a posting sum to the posting's.")
  points: string;

  @Shown(
    { oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] },
    'The number or label that explains: basis in minor units, minimum, cap, matched words.',
  )
  detail: string | number | null;
}

const states = ['scheduled', 'piloted', 'live', 'retired', 'withdrawn'] as const;

class PilotEndView {
  @Shown(
    { enum: ['promoted', 'withdrawn'] },
    'Whether the version is for all from then on, or for nobody.',
  )
  outcome: 'promoted' | 'withdrawn';

  @Shown('instant')
  effectiveAt: string;
}

/** For whom a version is, until its pilot ends. */
export class PilotTermsView {
  @Shown('decimal', 'Part of all members; null = by location.', 'nullable')
  share: string | null;

  @Shown({ type: 'array', items: { type: 'string' } }, 'Null = by a share of members.', 'nullable')
  locations: string[] | null;

  @Shown(PilotEndView, 'Null while nobody has decided how it ends.', 'nullable')
  end: PilotEndView | null;
}

export function pilotTermsView({ share, locations, end }: Pilot): PilotTermsView {
  return {
    share: share === undefined ? null : formatRate(BigInt(share)),
    locations: locations === undefined ? null : [...locations],
    end:
      end === undefined
        ? null
        : { outcome: end.outcome, effectiveAt: new Date(end.effectiveAt).toISOString() },
  };
}

/** A version without its document. */
export class VersionView {
  @Shown('whole')
  version: number;

  @Shown(
    { enum: [...states] },
    'Whether it starts in the future, is piloted, in force, was in force, or was given up.',
  )
  state: (typeof states)[number];

  @Shown('instant')
  effectiveAt: string;

  @Shown('instant')
  publishedAt: string;

  @Shown('text')
  publishedBy: string;

  @Shown('text', 'SHA-256 of the document as canonical JSON, in hex.')
  digest: string;

  @Shown(PilotTermsView, 'Null for a version that was for all from its start.', 'nullable')
  pilot: PilotTermsView | null;
}

export class VersionsView {
  @Shown([VersionView])
  items: VersionView[];
}

export class PublishedView extends VersionView {
  @Shown('flag', 'False when the newest version is this very document, and nothing was done.')
  published: boolean;
}

export class ProgrammeView extends VersionView {
  @Shown(documentSchema)
  document: ProgrammeDocument;
}

/** Starts rise with numbers, so one look at the number in force tells the others' state. */
function stateOf(
  { no, effectiveAt }: Pick<ProgrammeVersion, 'no' | 'effectiveAt'>,
  { liveNo, now, pilots }: Moment,
): VersionView['state'] {
  if (no === liveNo) return 'live';
  const { end } = pilots.get(no) ?? {};
  if (end?.outcome === 'withdrawn' && end.effectiveAt <= now) return 'withdrawn';
  if (pilots.has(no) && no > liveNo && effectiveAt.getTime() <= now) return 'piloted';
  return no > liveNo ? 'scheduled' : 'retired';
}

export function versionView(
  version: Omit<ProgrammeVersion, 'document'>,
  moment: Moment,
): Omit<ProgrammeView, 'document'> {
  const pilot = moment.pilots.get(version.no);
  return {
    version: version.no,
    state: stateOf(version, moment),
    effectiveAt: version.effectiveAt.toISOString(),
    publishedAt: version.publishedAt.toISOString(),
    publishedBy: version.publishedBy,
    digest: version.digest.toString('hex'),
    pilot: pilot === undefined ? null : pilotTermsView(pilot),
  };
}

export function programmeView(version: ProgrammeVersion, moment: Moment): ProgrammeView {
  return { ...versionView(version, moment), document: version.document };
}

export function publishedView({ published, version }: Published, moment: Moment): PublishedView {
  return { published, ...versionView(version, moment) };
}
