/** Guards as the core reads them. */
import type { VelocityGuard } from '../../rules/velocity/withhold.js';
import type { ProgrammeDocument } from '../document.js';

const HOUR_MS = 3_600_000;

export const compileVelocity = ({ guards }: ProgrammeDocument): VelocityGuard[] =>
  (guards?.velocity ?? []).map(({ holdHours, ...guard }) => ({
    ...guard,
    holdMs: holdHours * HOUR_MS,
  }));
