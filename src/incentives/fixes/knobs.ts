/** Numbers of a document that could be other ones, to end what a finding is about. */
import type { EarningRule, ProgrammeDocument } from '../../programmes/document.js';
import type { Finding } from '../finding.js';
import { pointerTo } from '../subject.js';

/** A number that may be moved from what it is towards a limit, in whole steps. */
export interface Knob {
  /** JSON pointer. */
  pointer: string;
  from: number;
  limit: number;
  /** Decimals of a rate, which is written as text; undefined = a whole number. */
  decimals: number | undefined;
}

/** Some that are moved together, as far along their ways as each other. */
export type Candidate = readonly Knob[];

const DECIMALS_MAX = 2;
const HOURS_OF_WEEK = 168;
const WINDOW_DAYS = 30;
/** Parts of a purchase are paid at one till: the shortest basket's window holds them, the longest a day. */
const BASKET_MINUTES = 60;
const BASKET_MINUTES_MAX = 1_440;

/** Single numbers first, and then pairs. */
export function candidatesFor(document: ProgrammeDocument, finding: Finding): Candidate[] {
  const knobs = [...atPointer(document, finding), ...aboutRules(document, finding)];
  const singles = unique(knobs).map((knob) => [knob]);
  return [...singles, ...pairs(document, finding, knobs)];
}

const unique = (knobs: readonly Knob[]): Knob[] => [
  ...new Map(knobs.map((knob) => [knob.pointer, knob])).values(),
];

/** What the place itself offers that a finding points to. */
function atPointer(document: ProgrammeDocument, { check, pointer, about }: Finding): Knob[] {
  const { referral, transfers, returnWindowDays, coupons = [] } = document;
  if (check === 'DEBT' || check === 'TIERFREE') {
    return [up('/returnWindowDays', returnWindowDays, WINDOW_DAYS)];
  }
  if (check === 'FARM' && referral !== undefined) {
    return [
      down('/referral/friendPoints', referral.friendPoints),
      down('/referral/referrerPoints', referral.referrerPoints),
    ];
  }
  if (check === 'BOUNDED') {
    return coupons.flatMap(({ code, points, perMember }, place) =>
      about.includes(code)
        ? [
            down(`/coupons/${String(place)}/points`, points),
            down(`/coupons/${String(place)}/perMember`, perMember),
          ]
        : [],
    );
  }
  if (check === 'POOL' && transfers !== undefined) {
    return [down('/transfers/perYear', transfers.perYear)];
  }
  if (check === 'EXPIRY') return comingBack(document, about);
  if (check !== 'SPLIT') return [];
  const multiplier = tierMultiplier(document, pointer);
  return multiplier.length > 0 ? multiplier : [basketWindow(document)];
}

/** A window that makes one basket of the parts, or a longer one; no minutes where there is none yet. */
function basketWindow({ guards }: ProgrammeDocument): Knob {
  const from = guards?.basketWindow?.minutes ?? 0;
  return up('/guards/basketWindow/minutes', from, from === 0 ? BASKET_MINUTES : BASKET_MINUTES_MAX);
}

/** What is had for units that come in, and what it costs to have them. */
function comingBack({ conversions = [] }: ProgrammeDocument, about: readonly string[]): Knob[] {
  return conversions.flatMap(({ code, out, in: into }, place) => {
    if (!about.includes(code) || out === undefined || into === undefined) return [];
    const at = `/conversions/${String(place)}`;
    const fee = out.fee === undefined ? [] : [up(`${at}/out/fee`, out.fee, out.limits.day)];
    return [...fee, down(`${at}/in/get`, into.get)];
  });
}

function tierMultiplier({ tiers }: ProgrammeDocument, pointer: string): Knob[] {
  const place = /^\/tiers\/(\d+)\/multiplier$/.exec(pointer)?.[1];
  const tier = place === undefined ? undefined : tiers[Number(place)];
  return tier === undefined ? [] : [rateDown(pointer, tier.multiplier, 1)];
}

/** What the rules and offers pay that a finding is about. */
function aboutRules(document: ProgrammeDocument, { about, check }: Finding): Knob[] {
  if (check === 'UNREACHABLE' || check === 'SLACKCAP' || check === 'HARM') return [];
  return about.flatMap((id) => {
    const at = pointerTo(document, id);
    const rule = document.earningRules.find((each) => each.id === id);
    if (rule !== undefined) return [...paidBy(rule, at), ...limitsOf(rule, at)];
    const offer = (document.offers ?? []).find(({ code }) => code === id);
    return offer === undefined ? [] : [...paidBy(offer.pays, `${at}/pays`), ...limitsOf(offer, at)];
  });
}

type Pays =
  | Pick<Extract<EarningRule, { kind: 'per_amount' }>, 'kind' | 'rate'>
  | Pick<Extract<EarningRule, { kind: 'per_unit' }>, 'kind' | 'rate'>
  | Pick<Extract<EarningRule, { kind: 'multiplier' }>, 'kind' | 'by'>
  | Pick<Extract<EarningRule, { kind: 'per_purchase' }>, 'kind' | 'points'>
  | Pick<Extract<EarningRule, { kind: 'per_activity' }>, 'kind' | 'points'>
  | Pick<Extract<EarningRule, { kind: 'steps' }>, 'kind' | 'steps'>
  | Pick<Extract<EarningRule, { kind: 'metered_reduction' }>, 'kind' | 'rate'>;

function paidBy(pays: Pays, at: string): Knob[] {
  switch (pays.kind) {
    case 'per_amount':
    case 'per_unit':
    case 'metered_reduction':
      return [rateDown(`${at}/rate`, pays.rate, 0)];
    case 'multiplier':
      return [rateDown(`${at}/by`, pays.by, 1)];
    case 'per_purchase':
    case 'per_activity':
      return [down(`${at}/points`, pays.points)];
    case 'steps':
      return pays.steps.map(({ points }, place) =>
        down(`${at}/steps/${String(place)}/points`, points),
      );
  }
}

function limitsOf(
  { caps = [], coolDownHours }: Pick<EarningRule, 'caps' | 'coolDownHours'>,
  at: string,
): Knob[] {
  return [
    ...caps.map(({ points }, place) => down(`${at}/caps/${String(place)}/points`, points)),
    ...(coolDownHours === undefined || coolDownHours >= HOURS_OF_WEEK
      ? []
      : [up(`${at}/coolDownHours`, coolDownHours, HOURS_OF_WEEK)]),
  ];
}

/** Two that belong together: both sides of a referral, or what the two rules pay that pay most. */
function pairs(document: ProgrammeDocument, finding: Finding, knobs: readonly Knob[]): Candidate[] {
  if (finding.check === 'FARM') return [atPointer(document, finding)];
  const paying = finding.about.flatMap((id) =>
    knobs.filter(({ pointer }) => pointer.startsWith(`${pointerTo(document, id)}/`)).slice(0, 1),
  );
  const [first, second] = unique(paying);
  return first === undefined || second === undefined ? [] : [[first, second]];
}

const down = (pointer: string, from: number): Knob => ({
  pointer,
  from,
  limit: 1,
  decimals: undefined,
});

const up = (pointer: string, from: number, limit: number): Knob => ({
  pointer,
  from,
  limit: Math.max(from, limit),
  decimals: undefined,
});

function rateDown(pointer: string, text: string, floor: number): Knob {
  const written = /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
  const decimals = Math.max(DECIMALS_MAX, written);
  return { pointer, from: Number(text), limit: floor + 10 ** -decimals, decimals };
}
