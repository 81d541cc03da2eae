/**
 * Units of a partner's currency become points at once. The partner pays for all of them by its
 * terms, as for what is earned at it, so they come in only while its block has as many.
 */
import { termsOfGiven } from '../actions/adjust.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { lowBlock } from '../partners/alert.js';
import { blocksAt, draw, lacksBlock, withCounters, type Drawn } from '../partners/draw.js';
import { BILLION } from '../points.js';
import type { Programme } from '../programme.js';
import { Moves } from '../spending/moves.js';
import { blank, refused, withNextChange, type Settled } from '../spending/settle.js';
import type { Counter, Outcome, PostingDraft, Refusal } from '../outcome.js';
import type { MemberState, State } from '../state.js';
import { counterOf } from '../transfers/terms.js';
import {
  conversionKeys,
  counted,
  overLimit,
  told,
  turned,
  type ForeignCurrency,
  type InTerms,
} from './terms.js';

export interface ConvertInAction {
  kind: 'convert_in';
  /** The database's now. */
  at: number;
  /** Code of the partner that took the units. */
  retailer: string;
  /** Code of its currency. */
  currency: string;
  units: number;
}

/** Brings the points in, or says why not. */
export function convertIn(
  programme: Programme,
  state: State,
  settled: Settled,
  action: ConvertInAction,
): Outcome {
  const { at, units, currency: code } = action;
  const { member } = settled;
  const currency = programme.conversions.get(code);
  const terms = currency?.partner === action.retailer ? currency.in : undefined;
  if (currency === undefined || terms === undefined) {
    const refusal = { code: 'conversion_not_offered', pointer: '/currency', details: {} };
    return refused(programme, settled, action, refusal);
  }
  const points = turned(terms, units);
  const refusal = whyNot(programme, terms, member, action);
  if (refusal !== undefined) return refused(programme, settled, action, refusal);
  const { left } = blocksAt(state, settled.postings);
  const paid = new Map([[currency.partner, BigInt(points) * BILLION]]);
  const drawn = draw(programme.partners, paid, { counters: member.counters, left });
  if (lacksBlock(programme.partners, currency.partner, drawn.short)) {
    const empty = refused(programme, settled, action, { code: 'partner_block_empty', details: {} });
    return { ...empty, short: drawn.short };
  }
  const keys = conversionKeys(code, 'in', programme.timeZone, at);
  const counters = [...counted(member.counters, keys, points, at)].map(([key, used]) =>
    counterOf(key, used),
  );
  const { next, draft } = posted(programme, member, action, { currency, points, drawn, counters });
  const postings = [...settled.postings, draft];
  const low = lowBlock(programme.partners, currency.partner, state.rest, postings);
  const last = low === undefined ? draft : { ...draft, low };
  return { state: { members: [next] }, postings: [...settled.postings, last] };
}

function posted(
  programme: Programme,
  member: MemberState,
  { at, units }: ConvertInAction,
  what: { currency: ForeignCurrency; points: number; drawn: Drawn; counters: readonly Counter[] },
): { next: MemberState; draft: PostingDraft } {
  const { currency, points, drawn } = what;
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  moves.issue(points, { ...termsOfGiven(programme, at), funder: currency.partner });
  const { figures, lots, opened, changed } = moves.done(at);
  const counters = [...what.counters, ...drawn.counters];
  const next = withNextChange(
    {
      ...member,
      ...figures,
      version: seq,
      lots,
      counters: withCounters(member.counters, counters),
    },
    at,
  );
  const billionths = BigInt(points) * BILLION;
  const explanation: ExplanationItem[] = [
    [NO_RULE, WHOLE_EVENT, 'units_converted', billionths.toString(), told(units, currency.code)],
  ];
  if (moves.repaid > 0) explanation.push([NO_RULE, WHOLE_EVENT, 'owed_repaid', '0', moves.repaid]);
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'convert',
    billionths,
    explanation,
    entries: [...moves.entries, ...drawn.entries],
    opened,
    changed,
    counters,
    shared: drawn.shared,
    moved: next.points - member.points,
  };
  return { next, draft };
}

function whyNot(
  { timeZone }: Programme,
  terms: InTerms,
  member: MemberState,
  { at, units, currency }: ConvertInAction,
): Refusal | undefined {
  const { minimumUnits, step, limits } = terms;
  const pointer = '/units';
  if (units < minimumUnits) {
    return { code: 'conversion_too_small', pointer, details: { minimumUnits } };
  }
  if (units % step !== 0) return { code: 'conversion_not_in_steps', pointer, details: { step } };
  if (member.status !== 'active') return { code: 'member_not_active', details: {} };
  const keys = conversionKeys(currency, 'in', timeZone, at);
  const over = overLimit(member.counters, keys, limits, { asked: turned(terms, units), open: 0 });
  return over && { code: 'conversion_limit_reached', details: over };
}
