/** Laws P65, P67 and P68: who takes part, who pays, and that buying directly is no better. */
import { OWN } from '../../rules/partners/terms.js';
import { MILLION, parseRate } from '../../rules/points.js';
import { startOfDay } from '../../rules/period.js';
import { dateOf } from '../compile/rewards.js';
import type { Condition, EarningRule, Partner, ProgrammeDocument } from '../document.js';
import { repeated, type Finding } from '../laws/finding.js';

/** Law P65: a partner has the terms of its kind, and the funders of a rule pay for all of it. */
export function partnerTerms(document: ProgrammeDocument): Finding[] {
  const { partners = [], earningRules } = document;
  return [
    ...repeated(
      'partners',
      'code',
      partners.map(({ code }) => code),
    ),
    ...partners.flatMap((partner, place) => termsOf(partner, `/partners/${String(place)}`)),
    ...earningRules.flatMap((rule, place) =>
      fundersOf(rule, partners, `/earningRules/${String(place)}/funders`),
    ),
  ];
}

function termsOf({ code, kind, terms, channels, outEarns }: Partner, at: string): Finding[] {
  const findings: Finding[] = [];
  const find = (where: string, fault: string, detail: string): void => {
    findings.push({ code: fault, pointer: `${at}/${where}`, detail });
  };
  const isAgent = kind === 'agent';
  if (code === OWN) find('code', 'code_is_taken', '"own" is the programme itself.');
  if (isAgent && terms !== undefined) {
    find('terms', 'agent_pays_nothing', "What is earned at an agent is the programme's own.");
  }
  if (kind === 'partner' && terms === undefined) {
    find(
      'kind',
      'partner_without_terms',
      'A partner has terms: who pays for what is earned at it.',
    );
  }
  if (isAgent && channels === undefined) {
    find('kind', 'agent_without_channels', 'An agent says through which channels it sells.');
  }
  if (!isAgent && channels !== undefined) {
    find(
      'channels',
      'not_an_agent',
      'Only of an agent it matters through which channels it sells.',
    );
  }
  if (kind !== 'partner' && outEarns !== undefined) {
    find('outEarns', 'not_a_partner', "Only a partner can earn more than the programme's own.");
  }
  return findings;
}

function fundersOf({ funders }: EarningRule, partners: readonly Partner[], at: string): Finding[] {
  if (funders === undefined) return [];
  const codes = funders.map(({ code }) => code);
  const findings = repeated(at.slice(1), 'code', codes);
  let sum = 0n;
  funders.forEach(({ code, share }, place) => {
    const part = parseRate(share) ?? 0n;
    sum += part;
    const pointer = `${at}/${String(place)}`;
    const terms = partners.find((each) => each.code === code)?.terms;
    if (code !== OWN && terms === undefined) {
      const detail = `"${code}" is no partner with terms.`;
      findings.push({ code: 'unknown_funder', pointer: `${pointer}/code`, detail });
    }
    if (part === 0n) {
      const detail = 'Who pays for nothing is left out.';
      findings.push({ code: 'funds_nothing', pointer: `${pointer}/share`, detail });
    }
  });
  if (sum !== MILLION) {
    const detail = 'The shares of the funders come to 1 together.';
    findings.push({ code: 'shares_differ_from_whole', pointer: at, detail });
  }
  return findings;
}

/**
 * Law P67: what earns more when bought directly earns as much when an agent sells it, or the
 * programme would compete with those who sell for it.
 */
export function channelNeutrality({ partners = [], earningRules }: ProgrammeDocument): Finding[] {
  const agents = partners.filter(({ kind }) => kind === 'agent');
  const others = partners.filter(({ kind }) => kind !== 'agent').map(({ code }) => code);
  return earningRules.flatMap((rule, ruleNo) => {
    const when = rule.when ?? [];
    const lower = agents.length > 0 && goesFirst(rule) ? ownRate(rule, ruleNo, agents) : [];
    if (!isForOwn(when, others) || lower.length > 0) return lower;
    return when.flatMap((condition, place) =>
      agents
        .filter((agent) => excludes(condition, agent))
        .map(({ code }) => ({
          code: 'direct_out_earns_agent',
          pointer: `/earningRules/${String(ruleNo)}/when/${String(place)}`,
          detail: `The same purchase earns nothing by this rule when "${code}" sells it.`,
        })),
    );
  });
}

/** Whether a rule can apply to what the programme's own retailers sell, or agents for them. */
function isForOwn(when: readonly Condition[], others: readonly string[]): boolean {
  return when.every(
    (each) => each.kind !== 'retailer' || each.retailers.some((code) => !others.includes(code)),
  );
}

/** Whether a rule takes the place of those that name no category. */
const goesFirst = (rule: EarningRule): boolean =>
  rule.kind === 'per_amount' &&
  rule.categories !== undefined &&
  rule.qualifies !== false &&
  rule.lane === undefined;

/** A rate that goes before others, and may do so for what an agent sells and not for all the rest. */
function ownRate(rule: EarningRule, ruleNo: number, agents: readonly Partner[]): Finding[] {
  const when = rule.when ?? [];
  const hasAgent = agents.some(({ code, channels = [] }) =>
    when.every(
      (each) =>
        (each.kind !== 'retailer' || each.retailers.includes(code)) &&
        (each.kind !== 'channel' || channels.some((channel) => each.channels.includes(channel))),
    ),
  );
  const place = when.findIndex(({ kind }) => kind === 'retailer' || kind === 'channel');
  if (!hasAgent || place === -1) return [];
  return [
    {
      code: 'agent_rate_goes_first',
      pointer: `/earningRules/${String(ruleNo)}/when/${String(place)}`,
      detail: 'What an agent sells could earn less by it than the same purchase earns directly.',
    },
  ];
}

function excludes(condition: Condition, { code, channels = [] }: Partner): boolean {
  if (condition.kind === 'retailer') return !condition.retailers.includes(code);
  if (condition.kind !== 'channel') return false;
  return channels.some((channel) => !condition.channels.includes(channel));
}

/** Law P68: a partner is of the kind its retailer is, and no acceptance is over at the start. */
export function partnersAtStart(
  { partners = [], identity: { timeZone } }: ProgrammeDocument,
  { kinds, startsAt }: { kinds: ReadonlyMap<string, string>; startsAt: number },
): Finding[] {
  return partners.flatMap(({ code, kind, outEarns }, place): Finding[] => {
    const pointer = `/partners/${String(place)}`;
    const findings: Finding[] = [];
    const known = kinds.get(code) ?? kind;
    if (known !== kind) {
      const detail = `The retailer "${code}" is of kind ${known}.`;
      findings.push({ code: 'partner_kind_differs', pointer: `${pointer}/kind`, detail });
    }
    if (outEarns !== undefined) {
      const endsAt = startOfDay(timeZone, dateOf(outEarns.until, 1));
      const detail = 'The acceptance is over before the version starts.';
      const at = `${pointer}/outEarns/until`;
      if (endsAt <= startsAt) findings.push({ code: 'acceptance_over', pointer: at, detail });
    }
    return findings;
  });
}
