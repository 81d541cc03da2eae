/** What adversaries must know of a programme before they are let loose on anybody. */
import type { ProgrammeDocument } from '../../programmes/document.js';
import type { Purchase } from '../../rules/purchase.js';
import { boundsOf } from '../bounds.js';
import { Bench } from '../probes/bench.js';
import { probesOf } from '../probes/probes.js';
import { piecesOf } from '../world/step.js';
import { worthOf } from '../worth.js';
import type { Side } from '../lives/player.js';
import type { Window } from '../lives/recorded.js';
import type { Ground } from './adversary.js';

export function groundOf(document: ProgrammeDocument, side: Side, window: Window): Ground {
  const rewards = document.rewards
    .map(({ code, points, value }) => ({ code, points, rate: value.amount / points }))
    .sort((a, b) => b.rate - a.rate || b.points - a.points);
  return {
    side,
    window,
    bounds: boundsOf(document),
    worth: worthOf(document).best,
    rewards,
    soldOn: soldOn(document, window.from),
  };
}

/** What can be sold on and earns most beyond what selling it costs, in the circumstances best for it. */
function soldOn(document: ProgrammeDocument, at: number): Ground['soldOn'] {
  const { resale } = boundsOf(document);
  if (resale.size === 0) return undefined;
  const bench = new Bench(document, at);
  const [tier = ''] = bench.tiers;
  const all = probesOf(bench).flatMap((probe) => {
    const part = resale.get(probe.category) ?? 0;
    if (part === 0) return [];
    const gain = bench.points(tier, probe) * bench.worth.best - probe.amount * (1 - part);
    return [{ ...probe, part, gain }];
  });
  const [best] = all.sort((a, b) => b.gain - a.gain);
  if (best === undefined || best.gain <= 0) return undefined;
  const { category, amount, how, part } = best;
  const { location, channel, retailer, tender, sku, brand } = how;
  const line = { category, amount, quantity: piecesOf(amount, how), tax: 0, sku, brand };
  const tenders = tender === undefined ? [] : [{ kind: tender, amount }];
  const purchase: Purchase = { lines: [line], tenders, location, channel, retailer };
  return { purchase, amount, resale: part, at: how.at };
}
