/** Laws P105 to P107: a goal, a guardrail and a stop rule of an offer can be measured and kept. */
import type { Offer, ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';
import { isDay } from '../laws/rewards.js';

export function reviewLaws({ offers = [], identity }: ProgrammeDocument): Finding[] {
  return offers.flatMap((offer, place) =>
    [...days(offer), ...measured(offer, identity.currency), ...stops(offer)].map((found) => ({
      ...found,
      pointer: `/offers/${String(place)}${found.pointer}`,
    })),
  );
}

/** Law P105. */
function days({ code, from = '', until = '9', goal, stopRule }: Offer): Finding[] {
  const written: [pointer: string, day: string][] = [
    ...(stopRule === undefined
      ? []
      : [['/stopRule/firstLook', stopRule.firstLook] as [string, string]]),
    ...(goal === undefined ? [] : [['/goal/by', goal.by] as [string, string]]),
  ];
  const findings = written.flatMap(([pointer, day]): Finding[] => {
    if (!isDay(day)) {
      return [{ code: 'no_such_day', pointer, detail: `${day} is no day of the calendar.` }];
    }
    if (day >= from && day <= until) return [];
    const detail = `"${code}" does not run on ${day}.`;
    return [{ code: 'day_outside_offer', pointer, detail }];
  });
  if (goal !== undefined && stopRule !== undefined && stopRule.firstLook > goal.by) {
    const detail = 'It is looked at first before the day of its goal is over.';
    findings.push({ code: 'looked_at_too_late', pointer: '/stopRule/firstLook', detail });
  }
  return findings;
}

/** Law P106. */
function measured(offer: Offer, currency: string): Finding[] {
  const { goal, guardrails = [], holdoutShare = '0', crowding, budget } = offer;
  const isComparable = Number(holdoutShare) > 0;
  const findings: Finding[] = [];
  const found = (code: string, pointer: string, detail: string): void => {
    findings.push({ code, pointer, detail });
  };
  if (goal?.kind === 'uplift') {
    if (!isComparable) {
      found(
        'nobody_held_out',
        '/goal',
        'What an offer adds shows beside members who are held out.',
      );
    }
    money(goal.perMember, '/goal/perMember');
  }
  guardrails.forEach((guardrail, place) => {
    const pointer = `/guardrails/${String(place)}`;
    if (guardrails.findIndex(({ kind }) => kind === guardrail.kind) < place) {
      found('duplicate_code', pointer, `There is a guardrail of ${guardrail.kind} already.`);
    }
    if (guardrail.kind === 'slot_full_share' && crowding === undefined) {
      found('no_slots', pointer, 'Without limits against crowding no slot is ever full.');
    }
    if (guardrail.kind !== 'cost_per_purchase') return;
    money(guardrail.most, `${pointer}/most`);
    if (!isComparable) {
      found(
        'nobody_held_out',
        pointer,
        'What an offer adds shows beside members who are held out.',
      );
    }
    if (Number(budget?.pricePerPoint ?? '0') === 0) {
      found('price_missing', pointer, 'Its budget says what a point costs: `pricePerPoint`.');
    }
  });
  return findings;

  function money(
    { amount, currency: own }: { amount: number; currency: string },
    at: string,
  ): void {
    if (own !== currency) {
      found('currency_differs', `${at}/currency`, `The programme counts in ${currency}.`);
    }
    if (amount === 0) found('goal_of_nothing', `${at}/amount`, 'This is more than 0.');
  }
}

/** Law P107. */
function stops({ goal, guardrails, stopRule }: Offer): Finding[] {
  if (stopRule === undefined) return [];
  if (goal === undefined && guardrails === undefined) {
    const detail = 'A stop rule goes by a goal or by guardrails.';
    return [{ code: 'nothing_to_go_by', pointer: '/stopRule', detail }];
  }
  if (goal !== undefined || stopRule.leastShareOfGoal === undefined) return [];
  const detail = 'There is no goal that this could be a part of.';
  return [{ code: 'nothing_to_go_by', pointer: '/stopRule/leastShareOfGoal', detail }];
}
