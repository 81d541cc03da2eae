/** PARTNER: whoever pays less for a point than partners are paid for one books purchases that nobody made. */
import type { Partner } from '../../programmes/document.js';
import { money } from '../words.js';
import type { Found } from '../finding.js';
import type { Subject } from '../subject.js';
import type { Bench } from '../probes/bench.js';

/** The partner that gains most by it. */
export function partner({ whole, document }: Subject): Found[] {
  const { partners = [] } = document;
  // Points are redeemed at whichever partner is paid most for one.
  const prices = partners.map(({ terms }) => Number(terms?.redemptionPrice ?? 0));
  const paid = Math.max(0, ...prices);
  const found = partners.flatMap((each, place): Found[] => {
    if (each.terms === undefined) return [];
    const { points, cost, category } = mostAt(whole, each);
    const gain = points * paid - cost;
    if (gain < 1) return [];
    return [
      {
        check: 'PARTNER',
        severity: 'high',
        claim: 'static',
        about: [each.code],
        pointer: `/partners/${String(place)}/terms/price`,
        title: `"${each.code}" pays less for points than partners are paid for them`,
        explanation:
          `It books "${category}" for ${money(document, whole.bounds.largestBasket)} that nobody ` +
          `bought on a card of its own, and the points are redeemed at a partner. ` +
          `That is ${money(document, gain)} more than it pays for them, as often as it likes.`,
        gain: { minor: Math.round(gain), growth: 'repeatable' },
        witness: [],
      },
    ];
  });
  return found.sort((one, other) => other.gain.minor - one.gain.minor).slice(0, 1);
}

/** The largest purchase that earns most where nothing but the partner is special, and what it pays for it. */
function mostAt(
  bench: Bench,
  { code, terms }: Partner,
): { points: number; cost: number; category: string } {
  const amount = bench.bounds.largestBasket;
  const how = { ...bench.domain.plain, retailer: code };
  const price = Number(terms?.price ?? 0);
  const share = Number(terms?.share ?? 1);
  const shares = new Map(
    bench.rules.flatMap(({ id, funders }) =>
      funders === undefined
        ? []
        : [[id, Number(funders.find((each) => each.code === code)?.share ?? 0)] as const],
    ),
  );
  return bench.categories
    .map((category) => {
      const { billionths, rules } = bench.buy(bench.topTier, { category, amount, how });
      const points = Number(billionths) / 1e9;
      // Of what its terms do not say, rules do.
      const less = [...rules].reduce(
        (sum, [id, paid]) => sum + (Number(paid) / 1e9) * (share - (shares.get(id) ?? share)),
        0,
      );
      return { category, points, cost: price * (share * points - less) };
    })
    .reduce((best, each) => (each.points > best.points ? each : best));
}
