/** Laws P4, P85 and P86: what is paid for saving can be paid for nothing else. */
import { startOfDay } from '../../rules/period.js';
import { dateOf } from '../compile/rewards.js';
import type { EarningRule, ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';

type Metered = Extract<EarningRule, { kind: 'metered_reduction' }>;

const meteredRules = ({ earningRules }: ProgrammeDocument): { rule: Metered; at: string }[] =>
  earningRules.flatMap((rule, no) =>
    rule.kind === 'metered_reduction' ? [{ rule, at: `/earningRules/${String(no)}` }] : [],
  );

/** Laws P4 and P85. */
export function meteredReductions(document: ProgrammeDocument): Finding[] {
  return meteredRules(document).flatMap(({ rule, at }, place, all) => {
    const findings: Finding[] = [];
    const found = document.categories.find(({ code }) => code === rule.category);
    if (found?.treatment !== 'metered') {
      const code = found === undefined ? 'unknown_category' : 'category_not_metered';
      const detail = `"${rule.category}" is no metered category.`;
      findings.push({ code, pointer: `${at}/category`, detail });
    }
    for (const field of ['lane', 'coolDownHours'] as const) {
      if (rule[field] === undefined) continue;
      const detail = 'A reading that saves less may not be worth more later; caps alone bound it.';
      findings.push({ code: 'using_pays', pointer: `${at}/${field}`, detail });
    }
    if (all.slice(0, place).some((each) => each.rule.category === rule.category)) {
      const detail = 'Another rule pays for saving of this category already.';
      findings.push({ code: 'duplicate_category', pointer: `${at}/category`, detail });
    }
    return findings;
  });
}

/**
 * Law P86: a baseline is over before anybody can know that it counts, and never moves later; `earlier`
 * are the documents of all versions before, `now` is in milliseconds since 1970 UTC.
 */
export function frozenBaselines(
  earlier: readonly ProgrammeDocument[],
  document: ProgrammeDocument,
  now: number,
): Finding[] {
  const { timeZone } = document.identity;
  return meteredRules(document).flatMap(({ rule, at }): Finding[] => {
    const { category, baselineUntil } = rule;
    const pointer = `${at}/baselineUntil`;
    if (startOfDay(timeZone, dateOf(baselineUntil, 1)) > now) {
      const detail = 'Who uses more until then would gain by it later; end it before today.';
      return [{ code: 'baseline_not_over', pointer, detail }];
    }
    const known = earlier
      .flatMap(meteredRules)
      .flatMap((each) => (each.rule.category === category ? [each.rule.baselineUntil] : []))
      .sort()[0];
    if (known === undefined || baselineUntil <= known) return [];
    const detail = `It has been ${known} since a version before; use since then must not raise it.`;
    return [{ code: 'baseline_moved', pointer, detail }];
  });
}
