/** What a point is worth to whoever spends it best. */
import { paying } from '../programmes/laws/payout.js';
import type { ProgrammeDocument } from '../programmes/document.js';

export interface Worth {
  /** Minor units that a point is worth at most, whatever the tier. */
  best: number;
  /** The same without what is kept for a tier. */
  ofAll: number;
  /** What it is spent on best, in words. */
  what: string;
}

export function worthOf(document: ProgrammeDocument): Worth {
  const all = paying(document).map(({ what, value, points, pointer }) => ({
    what,
    worth: Number(value) / Number(points),
    isForAll: isForAll(document, pointer),
  }));
  const [best] = [...all].sort((a, b) => b.worth - a.worth);
  const ofAll = all.filter(({ isForAll: each }) => each).map(({ worth }) => worth);
  return {
    best: best?.worth ?? 0,
    ofAll: Math.max(0, ...ofAll),
    what: best?.what ?? 'nothing',
  };
}

/** Whether a payment is for members of every tier. */
function isForAll({ rewards }: ProgrammeDocument, pointer: string): boolean {
  const place = /^\/rewards\/(\d+)/.exec(pointer)?.[1];
  return place === undefined || rewards[Number(place)]?.minimumTier === undefined;
}
