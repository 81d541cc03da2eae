/** What a finding's witness brought, from nothing but what a server answered. */
import type { Audited } from '../../../src/incentives/audit.js';
import { worthOf } from '../../../src/incentives/worth.js';
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import type { Measured } from './player.js';

type Finding = Audited['findings'][number];

export interface Played {
  document: ProgrammeDocument;
  finding: Finding;
  /** What each step of each story came to. */
  stories: readonly (readonly Measured[])[];
  /** The same steps under the version before, for what it took away. */
  before?: readonly Measured[] | undefined;
}

/** Minor units; undefined = the check has no gain that a story shows. */
export function gainOf(played: Played): number | undefined {
  const { document, finding, stories, before } = played;
  const { bounds } = document;
  const { best, ofAll } = worthOf(document);
  const [one = [], other = one] = stories;
  switch (finding.check) {
    case 'GIVEBACK':
      return beyond(lastBought(one), best, Number(bounds?.giveback));
    case 'STACK':
      return beyond(lastBought(one), best, Number(bounds?.stacked));
    case 'PUMP':
      return beyond(lastBought(one), best, 1) - sum(one.filter(is('sell-on')), 'money');
    case 'CLIFF':
      return (lastBought(other).points - lastBought(one).points) * best;
    case 'TIERMONO':
      return (lastBought(one).points - lastBought(other).points) * best;
    case 'NOHARM':
      return before && (lastBought(before).points - lastBought(one).points) * best;
    case 'SPLIT':
      return (sum(other.filter(is('buy')).slice(-2), 'points') - lastBought(one).points) * best;
    case 'ORDER':
      return (sum(other.filter(is('buy')), 'points') - sum(one.filter(is('buy')), 'points')) * best;
    case 'DEBT':
      return sum(one, 'worth');
    case 'FARM':
      return sum(one.filter(is('refer')), 'points') * best;
    case 'POOL':
      return sum(one, 'received') * (best - ofAll);
    case 'EXPIRY':
      return (sum(other, 'points') - sum(one, 'points')) * best;
    case 'TIERFREE':
      return sum(one.filter((each) => is('buy')(each) || is('return')(each)).slice(-2), 'money');
    case 'BOUNDED':
    case 'COUNT':
    case 'REVERSAL':
    case 'HARM':
    case 'VOLUME':
    case 'PARTNER':
    case 'MERGE':
    case 'MONO':
    case 'REACH':
    case 'UNREACHABLE':
    case 'SLACKCAP':
      return undefined;
  }
}

/** What a purchase gave beyond a share of it. */
const beyond = ({ points, money }: Measured, best: number, share: number): number =>
  points * best - share * money;

const is =
  (kind: Measured['step']['kind']) =>
  ({ step }: Measured): boolean =>
    step.kind === kind;

const sum = (steps: readonly Measured[], what: 'points' | 'received' | 'money' | 'worth'): number =>
  steps.reduce((total, each) => total + each[what], 0);

function lastBought(story: readonly Measured[]): Measured {
  const found = story.findLast(is('buy'));
  if (found === undefined) throw new Error('Something is bought in this story.');
  return found;
}
