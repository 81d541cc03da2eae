/** What the checks of an audit share: benches to try things on, and the purchases that earn most. */
import type { ProgrammeDocument } from '../programmes/document.js';
import { withOffersAsRules } from '../programmes/offers/as-rules.js';
import type { Story } from './finding.js';
import { Bench, type Probe } from './probes/bench.js';
import { probesOf } from './probes/probes.js';
import type { World } from './world/world.js';

export interface Subject {
  document: ProgrammeDocument;
  /** With everything in it. */
  whole: Bench;
  /** By the rules alone. */
  plain: Bench;
  /** Each category in the circumstances in which it earns most, with offers and without. */
  probes: readonly Probe[];
  plainProbes: readonly Probe[];
  /** The version it is to follow. */
  before: Bench | undefined;
}

export function subjectOf(
  document: ProgrammeDocument,
  at: number,
  before?: ProgrammeDocument,
): Subject {
  const whole = new Bench(document, at);
  const alone = { ...document, offers: [], surprises: [] };
  const isAlone = (document.offers ?? []).length + (document.surprises ?? []).length === 0;
  const plain = isAlone ? whole : new Bench(alone, at);
  const probes = probesOf(whole);
  const plainProbes = isAlone ? probes : probesOf(plain);
  const earlier = before === undefined ? undefined : new Bench(before, at);
  return { document, whole, plain, probes, plainProbes, before: earlier };
}

/** Probes without their sizes: categories and circumstances, each once. */
export function settings(probes: readonly Probe[]): Probe[] {
  const found = new Map(
    probes.map((probe) => [JSON.stringify([probe.category, probe.how]), probe] as const),
  );
  return [...found.values()];
}

/** What was done in a world, as a story of a witness. */
export function storyOf({ done }: World): Story {
  return done.map(({ step, at, billionths, money, worth, refused, rules }) => ({
    step,
    at,
    points: Number(billionths) / 1e9,
    money,
    worth,
    refused,
    rules: [...rules.keys()],
  }));
}

/** JSON pointer to a rule or offer, by its id or code. */
export function pointerTo(document: ProgrammeDocument, id: string): string {
  const places: [string, readonly { id?: string; code?: string }[]][] = [
    ['earningRules', document.earningRules],
    ['offers', document.offers ?? []],
    ['surprises', document.surprises ?? []],
    ['coupons', document.coupons ?? []],
  ];
  for (const [list, items] of places) {
    const place = items.findIndex((item) => (item.id ?? item.code) === id);
    if (place >= 0) return `/${list}/${String(place)}`;
  }
  return '';
}

/** What a rule or offer is called. */
export function nameOf(document: ProgrammeDocument, id: string): string {
  return withOffersAsRules(document).earningRules.find((rule) => rule.id === id)?.name ?? id;
}
