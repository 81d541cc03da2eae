import type { OpenFreeze } from '../members/freezes/freezes.queries.js';
import { Shown } from '../platform/openapi/view.decorator.js';

class FreezeView {
  @Shown('memberId')
  member: string;

  @Shown('instant')
  frozenAt: string;

  @Shown({ type: 'array', items: { type: 'string' } }, 'Tables and columns that differed.')
  found: string[];
}

export class FreezesView {
  @Shown([FreezeView], 'The oldest first, a thousand at most.')
  freezes: FreezeView[];
}

export class UnfrozenView {
  @Shown('memberId')
  member: string;
}

export const freezesView = (open: readonly OpenFreeze[]): FreezesView => ({
  freezes: open.map(({ memberId, frozenAt, found }) => ({
    member: memberId,
    frozenAt: frozenAt.toISOString(),
    found,
  })),
});
