import type { Purchase } from '../../src/rules/purchase.js';
import { segmentFacts, withTraits } from '../../src/rules/traits.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { aMember, aPurchase, DAY, NOON } from '../support/state.js';

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

  it('R26: is the persona where a rule asks for it, and nothing of who has said nothing', () => {
    const programme = aProgramme({
      earningRules: [
        ...earningRules,
        {
          ...{ kind: 'multiplier', id: 'more', name: 'More', by: '2' },
          when: [{ kind: 'persona', personas: ['host'] }, { kind: 'birthday_month' }],
        },
      ],
      personas: [{ code: 'host', name: 'Host' }],
    });
    const of = (member = aMember({ profile })): Purchase =>
      withTraits(programme, member, aPurchase([100]), { at: NOON, occurredAt: NOON });
    expect(of().traits).toStrictEqual({ persona: 'host', birthMonth: 5 });
    expect(of(aMember()).traits).toStrictEqual({ persona: undefined, birthMonth: undefined });
    expect(
      withTraits(programme, undefined, aPurchase([100]), { at: NOON, occurredAt: NOON }),
    ).toStrictEqual(aPurchase([100]));
  });

  it('R26: is what segments ask, on the local day and with what is held', () => {
    const { timeZone } = aProgramme();
    const member = aMember({
      ...{ points: 60, held: 40, enrolledAt: NOON - 31 * DAY, counters: new Map() },
    });
    expect(timeZone).toBe('Europe/London');
    const facts = segmentFacts(aProgramme(), member, NOON);
    expect([facts.balance, facts.enrolledDays]).toEqual([100, 31]);
    // The last day of a month is one before the first of the next.
    const june = Date.UTC(2026, 5, 1, 11);
    const may = aMember({ enrolledAt: june - DAY });
    expect(segmentFacts(aProgramme(), may, june).enrolledDays).toBe(1);
  });
});
