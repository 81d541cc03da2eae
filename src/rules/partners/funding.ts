/**
 * Who pays for the points of a purchase. It follows from what the purchase is worth now, item by
 * item, so a return takes back from each funder what it paid for what came back.
 */
import { MEMBER_CAP, NO_RULE, WAITS, type ExplanationItem } from '../explanation.js';
import { MILLION } from '../points.js';
import type { Programme } from '../programme.js';
import { OWN, type Partners, type Share } from './terms.js';

type Paying = Pick<Programme, 'partners'>;

/**
 * Billionths that partners pay for, by their codes; the rest of the items' sum is the programme's
 * own. Each share is rounded down, so that all parts are the whole and the remainder is its own. A
 * rule says who pays; a tier's bonus and rules that say nothing go by where the purchase was made;
 * what the caps on all rules cut off is everybody's loss in proportion; and what waits for the
 * partner it was made at is paid for by nobody yet.
 */
export function fundedBy(
  { partners }: Paying,
  retailer: string | undefined,
  items: Iterable<ExplanationItem>,
): Map<string, bigint> {
  const funded = new Map<string, bigint>();
  if (partners.byCode.size === 0) return funded;
  let paid = 0n;
  const given = byRule(items);
  for (const [rule, billionths] of given) {
    if (rule === MEMBER_CAP || rule === WAITS) continue;
    paid += billionths;
    for (const { funder, part } of splitOf(partners, rule, retailer)) {
      if (funder === OWN) continue;
      funded.set(funder, (funded.get(funder) ?? 0n) + (billionths * part) / MILLION);
    }
  }
  const left = paid + (given.get(MEMBER_CAP) ?? 0n);
  if (left < paid) for (const [code, part] of funded) funded.set(code, (part * left) / paid);
  const waits = given.get(WAITS) ?? 0n;
  if (waits === 0n || retailer === undefined) return funded;
  const paidFor = (funded.get(retailer) ?? 0n) + waits;
  return funded.set(retailer, paidFor > 0n ? paidFor : 0n);
}

/** Billionths of each rule, all lines together. */
function byRule(items: Iterable<ExplanationItem>): Map<number, bigint> {
  const given = new Map<number, bigint>();
  for (const [rule, , , text] of items) {
    if (rule === NO_RULE || text === '0') continue;
    given.set(rule, (given.get(rule) ?? 0n) + BigInt(text));
  }
  return given;
}

/** What each partner pays more (or less, where negative) once a purchase is worth something else. */
export function fundingChange(
  before: ReadonlyMap<string, bigint>,
  after: ReadonlyMap<string, bigint>,
): Map<string, bigint> {
  const changes = new Map<string, bigint>();
  for (const code of new Set([...before.keys(), ...after.keys()])) {
    const change = (after.get(code) ?? 0n) - (before.get(code) ?? 0n);
    if (change !== 0n) changes.set(code, change);
  }
  return changes;
}

/** Whose the points of a purchase are called: the partner's it was made at, if that pays for any. */
export function funderAt({ partners }: Paying, retailer: string | undefined): string {
  if (retailer === undefined) return OWN;
  const share = partners.byCode.get(retailer)?.terms?.share ?? 0n;
  return share > 0n ? retailer : OWN;
}

function splitOf(
  { byCode, funders }: Partners,
  rule: number,
  retailer: string | undefined,
): readonly Share[] {
  const said = funders.get(rule);
  if (said !== undefined) return said;
  const terms = retailer === undefined ? undefined : byCode.get(retailer)?.terms;
  if (retailer === undefined || terms === undefined) return [];
  return [{ funder: retailer, part: terms.share }];
}
