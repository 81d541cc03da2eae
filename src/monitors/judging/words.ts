/** What a result says, in one sentence for people. */
import type { MonitorName } from './kinds.js';
import { habits } from './kinds.js';

export interface Told {
  monitor: MonitorName;
  subject: string;
  /** The name of what it is about; undefined = it has none. */
  name: string | undefined;
  threshold: number;
  hits: number;
  total: number;
  baseline: number | null;
}

export const percent = (share: number): string => `${String(Math.round(share * 1_000) / 10)} %`;

/** `rule/x` as its kind and its code; null = there is only one of the kind. */
export function partsOf(subject: string): { kind: string; code: string | null } {
  const [kind = '', ...rest] = subject.split('/');
  return { kind, code: rest.length === 0 ? null : rest.join('/') };
}

/** `money` tells minor units. */
export function wordsOf(told: Told, money: (minor: number) => string): string {
  const { baseline } = told;
  const beside = baseline === null ? '' : ` ${comparedWith(told)} ${percent(baseline)}.`;
  return `${whatOf(told, money)}.${beside}`;
}

function whatOf(told: Told, money: (minor: number) => string): string {
  const { subject, threshold, hits, total } = told;
  const { kind, code } = partsOf(subject);
  const it = `"${told.name ?? code ?? kind}"`;
  const part = total === 0 ? '' : ` (${percent(hits / total)})`;
  const cases = (what: string): string => `${String(hits)} of ${String(total)} ${what}${part}`;
  switch (told.monitor) {
    case 'split': {
      const which = kind === 'programme' ? 'purchases' : `purchases ${it} is about`;
      const then = kind === 'programme' ? 'another one' : 'another such one';
      return `${cases(which)} followed on ${then} by the same member at the same place within ${String(habits.splitMinutes)} minutes`;
    }
    case 'bunching':
      return `${cases(`purchases around the ${money(threshold)} at which ${it} pays`)} were just above it`;
    case 'return-after-bonus': {
      const which = kind === 'tier' ? `that led to ${it}` : `that ${it} paid for`;
      return `Something came back of ${cases(`purchases ${which}`)}`;
    }
    case 'stranded':
      return `${cases('members with points who still come')} do not reach ${it} within a year at their pace`;
    case 'breakage':
      return `${cases('points issued within a year')} went by expiry`;
    case 'displacement':
      return `${cases(`members who began to buy at ${it}`)} halved what they spend at own retailers`;
    case 'referral-pairs':
      return `${cases('friends')} share a household, device, card or the minute at the till with who referred them`;
    case 'staff-share':
      return `${cases('acts by hand')} were done by ${it}`;
    case 'staff-favourite':
      return `${cases(`acts by hand of ${it}`)} were for one member`;
    case 'offer-only': {
      const drew = kind === 'programme' ? 'an offer' : it;
      return `${cases(`members with ${String(habits.frequent)} purchases or more`)} drew ${drew} with every one`;
    }
  }
}

function comparedWith({ monitor, subject }: Told): string {
  switch (monitor) {
    case 'split':
      return subject === 'programme' ? 'In the four weeks before:' : 'Of other purchases:';
    case 'bunching':
      return 'Around amounts where nothing begins:';
    case 'return-after-bonus':
      return 'Of purchases without a bonus:';
    case 'stranded':
      return 'Four weeks before:';
    case 'breakage':
      return 'In the year before:';
    case 'displacement':
      return 'Of members who buy at no partner:';
    case 'referral-pairs':
      return 'Of friends in the four weeks before:';
    case 'staff-share':
      return 'If all did as much:';
    case 'staff-favourite':
      return 'If all members got as much:';
    case 'offer-only':
      return 'If nobody minded days:';
  }
}
