/** Households whose year of use is known, and that use nothing from then on: what saving pays at most. */
import type { ProgrammeDocument } from '../../programmes/document.js';
import { DAY_MS } from '../../rules/period.js';
import type { Step } from '../world/step.js';
import { World } from '../world/world.js';
import type { Bench } from './bench.js';
import { askedBy } from './asks.js';

const HOUR_MS = 3_600_000;
/** A baseline is a year, and its last reading the day before it ends. */
const BASELINE_DAYS = 366;

type Rule = ProgrammeDocument['earningRules'][number];
export type MeteredRule = Extract<Rule, { kind: 'metered_reduction' }>;

export const isMetered = (rule: Rule): rule is MeteredRule => rule.kind === 'metered_reduction';

/** As much as a household can have used in its year, read at the end of it and ever after. */
const usedIn = ({ maximumPerDay }: MeteredRule): number => maximumPerDay * (BASELINE_DAYS - 2);

/** A reading of somebody who has used nothing since their baseline. */
export function readingOf(rule: MeteredRule, who: string, at: number): Step {
  const { category, when = [] } = rule;
  const meter = { category, reading: usedIn(rule) };
  const how = { ...askedBy(when), at };
  return { kind: 'do', who, activity: 'meter_reading', value: 0, meter, how };
}

/** The first reading of a baseline: none of it was used yet. */
function firstReading(rule: MeteredRule, who: string, at: number): Step {
  const step = readingOf(rule, who, at);
  const meter = { category: rule.category, reading: 0 };
  return step.kind === 'do' ? { ...step, meter } : step;
}

/** A world in which these joined before their baselines began; it is the day before those end. */
export function housesOf(bench: Bench, rules: readonly MeteredRule[], who: string): World {
  const until = Math.max(...rules.map((rule) => endOf(bench, rule)));
  const start = until - (BASELINE_DAYS + 1) * DAY_MS;
  const world = new World(bench.programme, start);
  world.take({ kind: 'enrol', who });
  for (const rule of rules) {
    world.take({ kind: 'wait', until: world.now + HOUR_MS });
    world.take(firstReading(rule, who, world.now));
  }
  world.take({ kind: 'wait', until: until - DAY_MS / 2 });
  for (const rule of rules) world.take(readingOf(rule, who, world.now));
  return world;
}

function endOf({ programme: { rules } }: Bench, { id }: MeteredRule): number {
  const rule = rules.find((each) => each.id === id);
  if (rule?.kind !== 'metered_reduction') throw new Error('invariant: a rule of the document');
  return rule.until;
}
