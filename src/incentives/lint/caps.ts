/** SLACKCAP and UNREACHABLE: what of a programme never does anything. */
import type { Caps, ProgrammeDocument } from '../../programmes/document.js';
import type { Found } from '../finding.js';
import { nameOf, pointerTo, type Subject } from '../subject.js';
import { probesOfRule } from '../probes/probes.js';

const order = ['purchase', 'day', 'week', 'month', 'year', 'lifetime'];

const nothing = { gain: { minor: 0, growth: 'once' as const }, witness: [] };

/** SLACKCAP: a longer period allows no more than a shorter one, which then never stops anybody. */
export function slackCaps({ document }: Subject): Found[] {
  return capsOf(document).flatMap(({ id, name, caps, pointer }) =>
    caps.flatMap((cap, place): Found[] => {
      const longer = caps.find(
        (other) =>
          order.indexOf(other.period) > order.indexOf(cap.period) &&
          other.perLocation !== true &&
          other.points <= cap.points,
      );
      if (longer === undefined) return [];
      return [
        {
          check: 'SLACKCAP',
          severity: 'low',
          claim: 'static',
          about: [id],
          pointer: `${pointer}/${String(place)}`,
          title: `A cap of "${name}" never stops anybody`,
          explanation:
            `${String(cap.points)} points in a ${cap.period} are never reached, as there are ` +
            `${String(longer.points)} at most in a ${longer.period}. One of the two is a mistake.`,
          ...nothing,
        },
      ];
    }),
  );
}

/** Caps of a rule, an offer, a lane or everything. */
export interface Capped {
  id: string;
  name: string;
  caps: readonly (Caps[number] & { perLocation?: boolean })[];
  pointer: string;
}

export function capsOf(document: ProgrammeDocument): Capped[] {
  const { earningRules, offers = [], lanes = [], earningCaps = [], giftCaps = [] } = document;
  const named = [...earningRules, ...offers.map((offer) => ({ ...offer, id: offer.code }))].map(
    ({ id, name, caps = [] }) => ({ id, name, caps, pointer: `${pointerTo(document, id)}/caps` }),
  );
  const ofLanes = lanes.map(({ code, name, caps = [] }, place) => ({
    id: code,
    name,
    caps,
    pointer: `/lanes/${String(place)}/caps`,
  }));
  return [
    ...named,
    ...ofLanes,
    { id: 'earningCaps', name: 'all rules', caps: earningCaps, pointer: '/earningCaps' },
    { id: 'giftCaps', name: 'all gifts', caps: giftCaps, pointer: '/giftCaps' },
  ];
}

/**
 * UNREACHABLE: a rule or offer paid nothing in any purchase or activity that was tried, its own
 * conditions and every tier included. Other checks have tried theirs before.
 */
export function unreachable({ whole, document }: Subject): Found[] {
  return whole.rules.flatMap((rule, place): Found[] => {
    if (rule.kind === 'metered_reduction' || paysEver(whole, place)) return [];
    return [
      {
        check: 'UNREACHABLE',
        severity: 'low',
        claim: 'sampled',
        about: [rule.id],
        pointer: pointerTo(document, rule.id),
        title: `"${nameOf(document, rule.id)}" never pays`,
        explanation:
          `In no purchase that was tried, of each size and tier, did it pay anything. ` +
          `Another rule always goes before it, or what it asks for never happens.`,
        ...nothing,
      },
    ];
  });
}

function paysEver(bench: Subject['whole'], place: number): boolean {
  const id = bench.rules[place]?.id ?? '';
  if (bench.paid.has(id)) return true;
  for (const { category, amount, how } of probesOfRule(bench, place)) {
    const { dimensions } = bench.narrowedTo(category).domain;
    const instants = dimensions.find((turns) => turns[0]?.at !== undefined) ?? [{}];
    for (const turn of instants) {
      for (const tier of bench.tiers) {
        bench.buy(tier, { category, amount, how: { ...how, ...turn } });
        if (bench.paid.has(id)) return true;
      }
    }
  }
  return false;
}
