import { Shown } from '../platform/openapi/view.decorator.js';
import type { Figures } from '../rules/state.js';

/** What a member has, in whole points. */
export class BalanceFigures {
  @Shown('whole', 'Points that can be spent.')
  available: number;

  @Shown('whole', 'Points whose return window is still open.')
  pending: number;

  @Shown('whole', 'Points reserved by redemptions.')
  held: number;

  @Shown('whole', 'A debt after returns.')
  owed: number;
}

export function balanceOf({ points, pending, held, owed }: Figures): BalanceFigures {
  return { available: points - pending, pending, held, owed };
}
