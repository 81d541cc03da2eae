import { getSchemaPath } from '@nestjs/swagger';
import type { Problem } from '../../platform/http/problem.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import type { StoredList } from './lists.queries.js';

export class ListView {
  @Shown('text', 'Its code, by which offers name it.')
  list: string;

  @Shown('whole', 'Members on it.')
  members: number;

  @Shown('instant', 'Since when it is as it is.')
  replacedAt: string;

  @Shown('text', 'Who uploaded it.')
  replacedBy: string;
}

export class ListsView {
  @Shown([ListView])
  lists: ListView[];
}

export const listsView = (lists: readonly StoredList[]): ListsView => ({
  lists: lists.map(({ replacedAt, ...rest }) => ({
    ...rest,
    replacedAt: replacedAt.toISOString(),
  })),
});

/** A line of the answer: a line that names no member, or, last of all, what became of the upload. */
export class UploadAnswer {
  @Shown('whole', 'A line that names no member, counted from 1.', 'optional')
  line?: number;

  @Shown('text', 'unknown_member, own_account, invalid_line or invalid_json.', 'optional')
  code?: string;

  @Shown('text', undefined, 'optional')
  detail?: string;

  @Shown('flag', 'In the last line alone: whether the list is the uploaded one now.', 'optional')
  replaced?: boolean;

  @Shown('text', undefined, 'optional')
  list?: string;

  @Shown('whole', 'Lines that were read, blank ones aside.', 'optional')
  lines?: number;

  @Shown('whole', 'Members on it, each once.', 'optional')
  members?: number;

  @Shown('whole', 'Lines that name no member.', 'optional')
  refused?: number;

  @Shown(
    { allOf: [{ $ref: getSchemaPath('Problem') }] },
    'Why the list is as it was before.',
    'optional',
  )
  problem?: Problem;
}
