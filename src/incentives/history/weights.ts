/** What a side of a replay goes by beside its programme. */
import type { ProgrammeDocument } from '../../programmes/document.js';
import { boundsOf } from '../bounds.js';
import { worthOf } from '../worth.js';
import type { Side } from '../lives/player.js';
import type { Weighed } from './replay.js';

const MILLION = 1_000_000;

/** With what a point is worth (I5), and of which goods more is not wanted. */
export function weighed(side: Side, document: ProgrammeDocument): Weighed {
  const less = document.categories.filter(({ desired }) => desired === 'less');
  return {
    ...side,
    worth: BigInt(Math.round(worthOf(document).best * MILLION)),
    harm: new Set([...less.map(({ code }) => code), ...boundsOf(document).waste]),
  };
}
