/** What members do in a witness, a line each. */
import type { Finding, Story, WitnessStep } from './finding.js';
import { figure, money, type Counting } from './words.js';
import type { Circumstances } from './world/step.js';

/** Lines of one story; the stories of a witness are told one after the other. */
export function witnessLines(document: Counting, { witness }: Pick<Finding, 'witness'>): string[] {
  return witness.flatMap((story, place) => [
    ...(witness.length > 1 ? [place === 0 ? 'One way:' : 'Another way:'] : []),
    ...storyLines(document, story),
  ]);
}

function storyLines(document: Counting, story: Story): string[] {
  return story
    .filter(({ step }) => step.kind !== 'wait')
    .map((told) => {
      const day = new Date(told.at).toISOString().slice(0, 16).replace('T', ' ');
      return `${day}  ${sentence(document, told)}${result(told)}`;
    });
}

function sentence(document: Counting, { step }: WitnessStep): string {
  switch (step.kind) {
    case 'enrol':
      return step.friendOf === undefined
        ? `${step.who} joins`
        : `${step.who} joins, brought by ${step.friendOf}`;
    case 'grant':
      return `${step.who} is given "${step.tier}"`;
    case 'buy': {
      const what = `"${step.category}" for ${money(document, step.amount)}`;
      return `${step.who} buys ${what}${told(step.how)}`;
    }
    case 'return':
      return `${step.who} brings everything back`;
    case 'do':
      return `${step.who} does "${step.activity}"${told(step.how)}`;
    case 'redeem':
      return `${step.who} takes "${step.reward}"`;
    case 'coupon':
      return `${step.who} brings a coupon "${step.coupon}"`;
    case 'give':
      return `${step.who} sends ${figure(step.points)} points to ${step.to}`;
    case 'refer':
      return `${step.who} has stayed, so both are paid`;
    case 'sell-on':
      return `${step.who} sells it on for ${money(document, step.back)}`;
    case 'convert':
      return `${step.who} turns ${figure(step.points)} points into "${step.currency}"`;
    case 'bring':
      return `${step.who} turns ${figure(step.units)} of "${step.currency}" into points`;
    case 'see':
      return `${step.who} is told when points go`;
    case 'expire':
      return 'points go whose date has come';
    case 'lapse':
      return 'what lapsed unused gives its points back';
    case 'wait':
      return 'time passes';
  }
}

function told(how: Circumstances): string {
  const { channel, location, retailer, sku, brand, tender, persona, birthday, segments } = how;
  const parts = [
    channel === undefined ? '' : `by ${channel}`,
    location === undefined ? '' : `at ${location}`,
    retailer === undefined ? '' : `from ${retailer}`,
    sku ?? '',
    brand ?? '',
    tender === undefined ? '' : `paid by ${tender}`,
    persona === undefined ? '' : `as ${persona}`,
    birthday === true ? 'in the month of the birthday' : '',
    segments === true ? 'in every segment' : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function result({ points, refused, rules }: WitnessStep): string {
  if (refused !== undefined) return `: refused, ${refused}`;
  if (points === 0) return '';
  const by = rules.length === 0 ? '' : ` by ${rules.join(', ')}`;
  return `: ${points > 0 ? '+' : ''}${figure(points, 3)} points${by}`;
}
