/** What is proved of a programme, as lines for a person. */
import type { AuditedWhole, Price } from '../../incentives/linear/proof.js';
import type { TierPrice } from '../../incentives/tier-prices.js';
import { figure, money, percent } from '../../incentives/words.js';
import type { ProgrammeDocument } from '../../programmes/document.js';

export function proofLines(document: ProgrammeDocument, audited: AuditedWhole): string[] {
  return [
    ...statusLines(document, audited),
    ...limitLines(audited),
    ...tierLines(document, audited),
    ...poolLines(document, audited),
  ];
}

/** Limits that are told at most; a list of prices has them already. */
const LIMITS_SHOWN = 10;

function limitLines({ proof, limits }: AuditedWhole): string[] {
  const dear = limits.filter(({ minor }) => minor > 0).sort((a, b) => b.minor - a.minor);
  if (proof.status === 'proved' || dear.length === 0) return [];
  const lines = dear
    .slice(0, LIMITS_SHOWN)
    .map(({ what, minor }) => `  ${figure(minor, 4)}  ${what}`);
  return [
    'One more of these would bring a household at most so many minor units in a year:',
    ...lines,
  ];
}

function poolLines(document: ProgrammeDocument, { pool }: AuditedWhole): string[] {
  if (pool === undefined || pool.together <= pool.alone) return [];
  const { from, to, spent, alone, together } = pool;
  return [
    `Of ${money(document, spent)} a year that a member of "${from}" spends at most ` +
      `${money(document, alone)} come back, and ${money(document, together)} by way of one of "${to}".`,
  ];
}

function tierLines(document: ProgrammeDocument, { tiers }: AuditedWhole): string[] {
  if (tiers.length === 0) return [];
  const lines = tiers.map(({ tier, minor, atPartners }) => {
    const there =
      atPartners === undefined ? '' : `, ${money(document, atPartners)} at partners alone`;
    return `  ${tier}: ${money(document, minor)}${there}`;
  });
  return [
    'Tiers cost at least, in a year and less the rewards for it:',
    ...lines,
    ...timingLines(document, tiers),
  ];
}

/** Where the same money buys half as many days more to those who know when to begin. */
const UNEVEN = 1.5;

function timingLines(document: ProgrammeDocument, tiers: readonly TierPrice[]): string[] {
  const lines = tiers.flatMap(({ tier, timing }) => {
    if (timing === undefined) return [];
    const { most, fewest } = timing;
    if (most.days * fewest.minor < UNEVEN * fewest.days * most.minor) return [];
    const told = [most, fewest].map(
      ({ from, days, minor }) => `${figure(days)} days for ${money(document, minor)} from ${from}`,
    );
    return [`  ${tier}: ${told.join(', ')}`];
  });
  return lines.length === 0 ? [] : ['How long they last depends on when one begins:', ...lines];
}

function statusLines(document: ProgrammeDocument, { proof }: AuditedWhole): string[] {
  const { status, most, share, allowance, reasons, prices, assumptions, columns, steps } = proof;
  const meant = `${percent(share)} of what it spends`;
  const atMost = most === undefined ? 'as much as it likes' : money(document, most);
  if (status === 'refuted') {
    return [`Refuted: a household can take ${atMost} a year beyond ${meant}.`];
  }
  if (status === 'open') {
    return ['Not proved, and not refuted:', ...reasons.map((reason) => `  ${reason}`)];
  }
  return [
    `Proved: whatever it does, a household takes at most ${atMost} a year beyond ${meant} ` +
      `(${money(document, allowance)} are allowed).`,
    '  Nobody gains by any act if these are worth, in minor units,',
    ...prices.map(({ what, minor }: Price) => `    ${figure(minor, 4)}  ${what}`),
    `  Held against ${figure(columns)} acts and ${figure(steps)} random steps on the core. It holds as ` +
      'long as:',
    ...assumptions.map((assumption) => `    ${assumption}`),
  ];
}
