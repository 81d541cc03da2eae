/** How much a model test runs; `npm run model` asks for more than the suite does. */

const number = (name: string): number | undefined => {
  const text = process.env[name];
  return text === undefined ? undefined : Number(text);
};

/** The seed is printed, and `MODEL_SEED` runs the very same steps again. */
export function howToRun(
  what: string,
  usual: number,
): { seed: number; numRuns: number; endOnFailure: boolean } {
  const seed = number('MODEL_SEED') ?? Math.floor(Math.random() * 2 ** 31);
  const numRuns = Math.ceil(usual * (number('MODEL_TIMES') ?? 1));
  process.stdout.write(`  ${what}: MODEL_SEED=${seed}, ${numRuns} runs\n`);
  return { seed, numRuns, endOnFailure: process.env['MODEL_SHRINK'] === 'off' };
}

export const STEPS_MAX = 200;
