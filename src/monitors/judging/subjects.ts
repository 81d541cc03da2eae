/** What of a programme is watched: its rules and offers by the numbers that postings have of them. */
import type { WatchedRules } from '../../ledger/watching/seen.queries.js';
import type { EarningRule, Programme } from '../../rules/programme.js';

export interface Watched extends WatchedRules {
  /** Name and newest version of each subject. */
  known: ReadonlyMap<string, { name: string; versionNo: number }>;
}

const subjectOf = ({ offers }: Programme, rule: EarningRule, no: number): string => {
  const offer = offers.get(no);
  return offer === undefined ? `rule/${rule.id}` : `offer/${offer.code}`;
};

const isFixed = ({ kind }: EarningRule): boolean => kind === 'per_purchase' || kind === 'steps';

/** Whether what one purchase gets of a rule is capped. */
const isCapped = ({ groups, memberCaps }: Programme, no: number): boolean =>
  [...memberCaps, ...groups.flatMap(({ rules, caps }) => (rules.includes(no) ? caps : []))].some(
    ({ period }) => period === 'purchase',
  );

function thresholdsOf(rule: EarningRule): number[] {
  if (rule.kind === 'steps') return rule.steps.map(({ minimumMinor }) => minimumMinor);
  return rule.kind === 'per_purchase' ? [rule.minimumMinor] : [];
}

/** Of versions in the order they were published, of which one is in force at `at`. */
export function watchedOf(
  programmes: readonly Programme[],
  inForce: Programme | undefined,
  at: number,
): Watched {
  const rules = programmes.flatMap((programme) =>
    programme.rules.map((rule, no) => ({
      programme,
      rule,
      no,
      subject: subjectOf(programme, rule, no),
      isOffer: programme.offers.has(no),
      isSplit: isFixed(rule) || isCapped(programme, no),
    })),
  );
  const named = (which: (each: (typeof rules)[number]) => boolean): string[] => [
    ...new Set(rules.filter(which).map(({ subject }) => subject)),
  ];
  return {
    versions: programmes.map((programme) => {
      const own = rules.filter((each) => each.programme === programme);
      return {
        no: programme.no,
        subjects: own.map(({ subject, isOffer, isSplit }) => (isOffer || isSplit ? subject : null)),
        bonus: own.map(({ rule, isOffer }) => isOffer || isFixed(rule)),
        offers: own.map(({ isOffer }) => isOffer),
        base: programme.tiers[0].code,
        taxed: programme.taxEarns,
      };
    }),
    thresholds: rules.flatMap(({ programme, rule, subject }) =>
      thresholdsOf(rule).flatMap((minor) =>
        minor > 0 ? [{ no: programme.no, subject, minor }] : [],
      ),
    ),
    split: named(({ isSplit }) => isSplit),
    bonus: named(({ rule, isOffer }) => isOffer || isFixed(rule)),
    offers: named(({ isOffer }) => isOffer),
    known: knownOf(programmes, rules),
    cheapest: cheapestOf(inForce, at),
  };
}

function knownOf(
  programmes: readonly Programme[],
  rules: readonly { programme: Programme; rule: EarningRule; no: number; subject: string }[],
): Map<string, { name: string; versionNo: number }> {
  const known = new Map<string, { name: string; versionNo: number }>();
  for (const { programme, rule, no, subject } of rules) {
    const name = programme.offers.get(no)?.name ?? rule.name;
    known.set(subject, { name, versionNo: programme.no });
  }
  for (const { no: versionNo, tiers, rewards } of programmes) {
    for (const { code, name } of tiers) known.set(`tier/${code}`, { name, versionNo });
    for (const { code, name } of rewards.values()) {
      known.set(`reward/${code}`, { name, versionNo });
    }
  }
  return known;
}

function cheapestOf(programme: Programme | undefined, at: number): Watched['cheapest'] {
  const rewards = [...(programme?.rewards.values() ?? [])]
    .filter((reward) => reward.minimumTier === 0 && reward.from <= at && at < reward.until)
    .map(({ code, points }) => ({ subject: `reward/${code}`, points }));
  const tender = programme?.tender;
  const ways = tender === undefined ? [] : [{ subject: 'tender', points: tender.minimumPoints }];
  return [...rewards, ...ways].sort((one, other) => one.points - other.points)[0];
}
