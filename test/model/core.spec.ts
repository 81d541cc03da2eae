import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { CoreStep, setUp, type Model, type Real } from './core-run.js';
import { programmes } from './programmes.js';
import { howToRun, STEPS_MAX } from './seeds.js';
import { anyStep } from './steps.js';

const RUNS = 1_000;
const HOUR = 3_600_000;

const steps = [anyStep.map((step): fc.Command<Model, Real> => new CoreStep(step))];

describe('the core', () => {
  const all = Object.entries(programmes);
  it.each(all)(
    'R1 to R19, U1 to U3: agrees with a model of the laws after every step (%s)',
    (name, published) => {
      const commands = fc.commands(steps, { maxCommands: STEPS_MAX, size: 'max' });
      const run = howToRun(`core, ${name}`, RUNS / all.length);
      fc.assert(
        fc.property(commands, (drawn) => {
          fc.modelRun(() => setUp(published), drawn);
        }),
        run,
      );
    },
    HOUR,
  );
});
