import { Shown } from '../platform/openapi/view.decorator.js';

export const memberStatuses = ['active', 'closed'] as const;

export class EnrolledView {
  @Shown('memberId')
  id: string;

  @Shown('text', 'The card number given, or the one made.')
  card: string;

  @Shown('instant')
  enrolledAt: string;
}

export class FoundMemberView {
  @Shown('memberId')
  id: string;

  @Shown({ enum: [...memberStatuses] })
  status: string;
}

export class TokenView {
  @Shown('text', 'A bearer credential.')
  token: string;

  @Shown('instant')
  expiresAt: string;
}
