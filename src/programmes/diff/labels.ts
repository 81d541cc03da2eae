/** What fields are called in sentences, and what their numbers count. */

/** A field the tables do not name is called by its own words: `coolDownHours` is a cool down. */
const labels: Readonly<Record<string, string>> = {
  'caps.points': 'limit',
  'earningCaps.points': 'limit',
  'value.currency': 'currency of the value',
  'pointName.one': 'name of one point',
  'pointName.other': 'name of several points',
  'rewards.points': 'price',
  'earningRules.points': 'bonus',
  'pays.points': 'bonus',
  'surprises.points': 'bonus',
  byCoupon: 'activation by coupons alone',
  'budget.points': 'budget',
  'budget.money': 'budget in money',
  'expiry.kind': 'way of expiring',
  'expiry.months': 'time until points expire',
  'notices.daysBefore': 'notice before points go',
  'notices.mostDays': 'time for which having been told is good',
  'notices.lastResort': 'expiry of points of members whom nobody could reach',
  jurisdictions: 'laws of places it is under',
  'notices.leastDays': 'time that members have after being told',
  notices: 'notices before points go',
  'earningBasis.tax': 'tax within an amount',
  'lateEvents.older': 'what becomes of older events',
  purchasesBeforeEnrolment: 'crediting of purchases before enrolment',
  when: 'conditions',
  ladder: 'ladder',
  'nearMiss.percent': 'share that may be missing',
  'nearMiss.amount': 'number that may be missing',
  keep: 'threshold to keep it',
  graceMonths: 'grace after a missed review',
  warningDays: 'warning before a review',
  rollOver: 'roll-over of points beyond the threshold',
  startMonth: 'month in which one begins',
  replaces: 'tiers of earlier versions it replaces',
  'value.amount': 'value',
  by: 'factor',
  perStaffPerDay: 'most points per staff user in 24 hours',
  perMemberPerDay: 'most points per member in 24 hours',
  fourEyesAbove: 'amount above which a second person is asked',
};

/** What one of a list is called; for others the schema's title of the item, or the list's name. */
const singulars: Readonly<Record<string, string>> = {
  otherWays: 'other way to reach it',
  replaces: 'replaced tier',
  earningRules: 'rule',
  reasons: 'adjustment reason',
  when: 'condition',
  caps: 'cap per',
  earningCaps: 'earning cap per',
  categories: 'category',
  thanks: 'line of thanks',
  merchantCategoryCodes: 'merchant category code',
  excludedTenders: 'excluded tender',
};

/** What the parts of a document are called; others by their own words. */
const subjects: Readonly<Record<string, string>> = { identity: 'programme', staff: 'staff limits' };

export type Unit = 'points' | 'money' | 'rate' | 'times' | 'days' | 'hours' | 'minutes' | 'months';

const units: Readonly<Record<string, Unit>> = {
  threshold: 'points',
  fourEyesAbove: 'points',
  rate: 'rate',
  multiplier: 'times',
  by: 'times',
};

const unitsOfDefinitions: Readonly<Record<string, Unit>> = {
  points: 'points',
  minorUnits: 'money',
};

const timeSuffix = /(?<=[a-z])(?:Days|Hours|Minutes|Months)$/;
const time = /(?:days|hours|minutes|months)$/i;

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The words of a field; `parent` is the field or list it is in. */
export function labelOf(parent: string, field: string): string {
  return own(labels, `${parent}.${field}`) ?? own(labels, field) ?? subjectOf(field);
}

export function singularOf(list: string, title: string | undefined): string {
  const plural = wordsOf(list);
  return own(singulars, list) ?? (title === undefined ? plural.replace(/s$/, '') : wordsOf(title));
}

export function subjectOf(field: string): string {
  return own(subjects, field) ?? wordsOf(field);
}

/** What the number in a field counts; undefined = nothing that has a name. */
export function unitOf(field: string, definition: string | undefined): Unit | undefined {
  const counted = own(units, field);
  if (counted !== undefined) return counted;
  const defined = definition === undefined ? undefined : own(unitsOfDefinitions, definition);
  if (defined !== undefined) return defined;
  return time.exec(field)?.[0].toLowerCase() as Unit | undefined;
}

/** `coolDownHours` reads "cool down": the hours are said with the number. */
function wordsOf(name: string): string {
  const words = name
    .replace(timeSuffix, '')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase()
    .trim();
  return words === '' ? 'a field without a name' : words;
}
