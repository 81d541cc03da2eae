/** What a witness does, as far as the ledger tells of members whether they have done the like. */
import type { ProgrammeDocument } from '../../programmes/document.js';
import { DAY_MS } from '../../rules/period.js';
import type { Finding, Story, WitnessStep } from '../finding.js';
import { breakPoints } from '../probes/sizes.js';
import type { Circumstances } from '../world/step.js';

/** An act that a witness has its member do. Money is in minor units. */
export type Wanted =
  | {
      kind: 'buy';
      category: string;
      /** Its class: no rule begins to pay, or pays more, between these; null = up to any amount. */
      from: number;
      below: number | null;
      how: Pick<Circumstances, 'channel' | 'location' | 'retailer' | 'tender' | 'sku' | 'brand'>;
    }
  | { kind: 'do'; activity: string }
  /** Brings back whole what was bought in it. */
  | { kind: 'return' }
  | { kind: 'redeem'; reward: string }
  /** Points that came or went by a coupon, a gift or a friend. */
  | { kind: 'carry'; what: 'award' | 'transfer' | 'refer'; isOut: boolean };

export interface Shape {
  /** Id of the finding. */
  finding: string;
  /** Milliseconds within which it is done from beginning to end. */
  spanMs: number;
  wanted: readonly Wanted[];
}

/** As soon as people are who do at once what a witness does at one instant. */
const SOON_MS = 10 * 60_000;

/** Who does one thing after the other takes a day, if a witness could do it in an hour. */
const spanOf = (ms: number): number => (ms === 0 ? SOON_MS : Math.max(DAY_MS, ms));

/** Shapes of findings that have a witness in which something is done. */
export function shapesOf(document: ProgrammeDocument, findings: readonly Finding[]): Shape[] {
  const breaks = breakPoints(document, Infinity);
  return findings.flatMap(({ id, witness }) => {
    // Of several stories the last is the one that pays; those before are what it is held against.
    const steps = longest(witness.at(-1) ?? []);
    const wanted = steps.flatMap(({ step }) => wantedOf(step, breaks));
    const [first, last] = [steps[0], steps.at(-1)];
    if (wanted.length === 0 || first === undefined || last === undefined) return [];
    return [{ finding: id, spanMs: spanOf(last.at - first.at), wanted }];
  });
}

/** The steps of whoever in a story does most that is recorded of them; of several the first. */
function longest(story: Story): WitnessStep[] {
  const byWho = new Map<string, WitnessStep[]>();
  for (const each of story) {
    const { step, refused } = each;
    if (refused !== undefined || !('who' in step) || wantedOf(step, []).length === 0) continue;
    byWho.set(step.who, [...(byWho.get(step.who) ?? []), each]);
  }
  return [...byWho.values()].reduce((most, own) => (own.length > most.length ? own : most), []);
}

function wantedOf(step: WitnessStep['step'], breaks: readonly number[]): Wanted[] {
  switch (step.kind) {
    case 'buy': {
      const { category, amount, how } = step;
      const { channel, location, retailer, tender, sku, brand } = how;
      const from = breaks.findLast((each) => each <= amount) ?? 1;
      const below = breaks.find((each) => each > amount) ?? null;
      const asked = { channel, location, retailer, tender, sku, brand };
      return [{ kind: 'buy', category, from, below, how: asked }];
    }
    case 'do':
      return [{ kind: 'do', activity: step.activity }];
    case 'return':
      return [{ kind: 'return' }];
    case 'redeem':
      return [{ kind: 'redeem', reward: step.reward }];
    case 'coupon':
      return [{ kind: 'carry', what: 'award', isOut: false }];
    case 'give':
      return [{ kind: 'carry', what: 'transfer', isOut: true }];
    case 'refer':
      return [{ kind: 'carry', what: 'refer', isOut: false }];
    // Nothing of these is in a member's history as an act of theirs.
    case 'enrol':
    case 'grant':
    case 'sell-on':
    case 'convert':
    case 'bring':
    case 'see':
    case 'expire':
    case 'lapse':
    case 'wait':
      return [];
  }
}
