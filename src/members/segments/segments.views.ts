import { Shown } from '../../platform/openapi/view.decorator.js';
import { NamedView } from '../../programmes/views/programmes.views.js';
import { formatRate } from '../../rules/points.js';
import type { Counted } from './segments.service.js';

const MILLION = 1_000_000;

class SegmentView extends NamedView {
  @Shown('whole', 'Active members in it; null when counting took too long.', 'nullable')
  members: number | null;

  @Shown('decimal', 'Part of all active members, to a millionth; null like `members`.', 'nullable')
  share: string | null;
}

export class SegmentsView {
  @Shown('instant', 'As of when.')
  at: string;

  @Shown('whole', 'Number of the version whose segments they are.')
  version: number;

  @Shown(
    'whole',
    'All active members; null when counting took longer than fifteen seconds.',
    'nullable',
  )
  members: number | null;

  @Shown([SegmentView])
  segments: SegmentView[];
}

export class SegmentMembersView {
  @Shown({ type: 'array', items: { type: 'string', format: 'uuid' } }, 'Ids of members.')
  members: string[];

  @Shown('text', '`cursor` of the page after, which may be empty; null on the last.', 'nullable')
  next: string | null;
}

export function segmentsView({ at, version, members: all, segments }: Counted): SegmentsView {
  const share = (members: number | undefined): string | null =>
    members === undefined || all === undefined
      ? null
      : formatRate(all === 0 ? 0n : (BigInt(members) * BigInt(MILLION)) / BigInt(all));
  return {
    at: new Date(at).toISOString(),
    version,
    members: all ?? null,
    segments: segments.map(({ segment: { code, name }, members }) => ({
      code,
      name,
      members: members ?? null,
      share: share(members),
    })),
  };
}
