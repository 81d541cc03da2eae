import type { Purchase } from '../../src/rules/purchase.js';
import { withTraits } from '../../src/rules/traits.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { aMember, aPurchase, NOON } from '../support/state.js';

const { earningRules } = aProgrammeDocument();
const profile = { persona: 'host', birthMonth: 5, preferences: ['wine'] };
const known = (kind?: 'birthday_month'): Purchase =>
  withTraits(
    aProgramme({
      earningRules:
        kind === undefined
          ? earningRules
          : [
              ...earningRules,
              { kind: 'multiplier', id: 'more', name: 'More', by: '2', when: [{ kind }] },
            ],
    }),
    aMember({ profile }),
    aPurchase([100]),
    { at: NOON, occurredAt: NOON },
  );

describe('what is known of a member', () => {
  it('R26: is taken only as far as a rule asks', () => {
    expect(known()).toStrictEqual(aPurchase([100]));
    expect(known('birthday_month').traits).toStrictEqual({ birthMonth: 5 });
  });
});
