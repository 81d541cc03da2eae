import { checkDocument } from '../../src/programmes/check.js';
import type { Partner, ProgrammeDocument } from '../../src/programmes/document.js';
import { partnersAtStart } from '../../src/programmes/partners/laws.js';
import { aProgrammeDocument } from '../support/programme.js';

type Rule = ProgrammeDocument['earningRules'][number];

const base: Rule = { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' };
const double: Rule = { kind: 'multiplier', id: 'double', name: 'Double', by: '2' };
const at = (retailers: string[], rule: Rule = double): Rule => ({
  ...rule,
  when: [{ kind: 'retailer', retailers }],
});
const hertz: Partner = {
  code: 'hertz',
  kind: 'partner',
  terms: { kind: 'postpaid', price: '0.8' },
};
const agent: Partner = { code: 'travel', kind: 'agent', channels: ['agency'] };
const accepted = { by: 'Ada', reason: 'A trial', until: '2030-12-31' };

function faults(
  partners: Partner[],
  rules: Rule[] = [],
  rest: Partial<ProgrammeDocument> = {},
): string[] {
  const checked = checkDocument(
    aProgrammeDocument({ earningRules: [base, ...rules], rewards: [], partners, ...rest }),
  );
  if (!('faults' in checked)) return [];
  return checked.faults.map(({ code, pointer }) => `${code} ${pointer}`);
}

const paidBy = (...funders: [code: string, share: string][]): Rule => ({
  ...double,
  funders: funders.map(([code, share]) => ({ code, share })),
});

describe('partners', () => {
  it.each<[string, Partner[], Rule[], string[]]>([
    ['a sound one', [hertz, agent], [], []],
    ['of one code', [hertz, hertz], [], ['duplicate_code /partners/1/code']],
    ['called own', [{ ...hertz, code: 'own' }], [], ['code_is_taken /partners/0/code']],
    [
      'without terms',
      [{ code: 'hertz', kind: 'partner' }],
      [],
      ['partner_without_terms /partners/0/kind'],
    ],
    ['a franchise without terms', [{ code: 'north', kind: 'franchise' }], [], []],
    [
      'an agent that pays',
      [{ ...agent, terms: { kind: 'postpaid', price: '1' } }],
      [],
      ['agent_pays_nothing /partners/0/terms'],
    ],
    [
      'an agent without channels',
      [{ code: 'travel', kind: 'agent' }],
      [],
      ['agent_without_channels /partners/0/kind'],
    ],
    [
      'channels of another',
      [{ ...hertz, channels: ['web'] }],
      [],
      ['not_an_agent /partners/0/channels'],
    ],
    [
      'an agent that out-earns',
      [{ ...agent, outEarns: accepted }],
      [],
      ['not_a_partner /partners/0/outEarns'],
    ],
    ['shares of a whole', [hertz], [paidBy(['own', '0.25'], ['hertz', '0.75'])], []],
    [
      'shares of less',
      [hertz],
      [paidBy(['own', '0.25'], ['hertz', '0.749999'])],
      ['shares_differ_from_whole /earningRules/1/funders'],
    ],
    [
      'shares of more',
      [hertz],
      [paidBy(['own', '0.25'], ['hertz', '0.750001'])],
      ['shares_differ_from_whole /earningRules/1/funders'],
    ],
    [
      'a share of nothing',
      [hertz],
      [paidBy(['own', '1'], ['hertz', '0'])],
      ['funds_nothing /earningRules/1/funders/1/share'],
    ],
    [
      'a funder twice',
      [hertz],
      [paidBy(['hertz', '0.5'], ['hertz', '0.5'])],
      ['duplicate_code /earningRules/1/funders/1/code'],
    ],
    [
      'a funder that is none',
      [agent],
      [paidBy(['travel', '1'])],
      ['unknown_funder /earningRules/1/funders/0/code'],
    ],
  ])('P65: %s', (_, partners, rules, found) => {
    expect(faults(partners, rules)).toEqual(found);
  });

  it('P65: terms are closed: no other kind, no negative price, no other answer to an empty block', () => {
    const of = (terms: object): string[] => faults([{ ...hertz, terms } as Partner]);
    expect(of({ kind: 'barter', price: '1' })).not.toEqual([]);
    expect(of({ kind: 'postpaid', price: '-1' })).not.toEqual([]);
    expect(of({ kind: 'prepaid', price: '1', whenEmpty: 'overdraw', alertBelow: 0 })).not.toEqual(
      [],
    );
    expect(of({ kind: 'prepaid', price: '1', whenEmpty: 'refuse', alertBelow: 0 })).toEqual([]);
  });
});

const refusal = ['partner_out_earns_own /partners/0'];
const day = (first: number, last: number): object => ({
  from: `2026-01-${String(first).padStart(2, '0')}`,
  until: `2026-01-${String(last).padStart(2, '0')}`,
});

describe('a partner that earns more than the programme', () => {
  const tiers = aProgrammeDocument().tiers;

  it('P66: is refused: double points there only', () => {
    expect(faults([hertz], [at(['hertz'])])).toEqual(['partner_out_earns_own /partners/0']);
  });

  it('P66: is refused for one tier alone', () => {
    const silver: Rule = {
      ...double,
      when: [
        { kind: 'retailer', retailers: ['hertz'] },
        { kind: 'tier', tiers: ['silver'] },
      ],
    };
    expect(faults([hertz], [silver], { tiers })).toEqual(['partner_out_earns_own /partners/0']);
  });

  it("P66: is refused where the own bonus needs luck and the partner's does not", () => {
    const birthday: Rule = {
      ...double,
      id: 'birthday',
      by: '3',
      when: [{ kind: 'birthday_month' }, { kind: 'retailer', retailers: ['shop'] }],
    };
    expect(faults([hertz], [birthday, at(['hertz'])])).toEqual([
      'partner_out_earns_own /partners/0',
    ]);
  });

  it.each<[string, Rule[]]>([
    ['what holds everywhere', [double]],
    ['as much as at the own shops', [at(['shop', 'hertz'])]],
    ['less', [at(['shop']), at(['hertz'], { ...double, id: 'some', by: '1.999999' })]],
    ['just as much', [at(['shop']), at(['hertz'], { ...double, id: 'same' })]],
  ])('P66: %s is fine', (_, rules) => {
    expect(faults([hertz], rules)).toEqual([]);
  });

  it.each<[string, object, object, string[]]>([
    ['by an offer of its own', {}, {}, []],
    ['whose own one runs on one day', {}, { from: '2026-01-01', until: '2026-01-01' }, refusal],
    ['whose own one ends a day before', day(1, 31), day(1, 30), refusal],
    ['in the days of an own one', day(2, 3), day(1, 31), []],
    ['whose own one has a budget', {}, { budget: { points: 1 } }, refusal],
    ['whose own one is for a list', {}, { audience: { kind: 'lists', lists: ['vip'] } }, refusal],
    ['whose own one fills up', {}, { crowding: [{ grants: 1, per: 'day' }] }, refusal],
    ['by an offer with a budget, as the own one has', { budget: { points: 9 } }, {}, []],
  ])('P66: %s', (_, theirs, ours, found) => {
    const offer = (code: string, retailers: string[], more: object): object => ({
      ...{ code, name: code, audience: { kind: 'all' } },
      ...{ when: [{ kind: 'retailer', retailers }], pays: { kind: 'per_amount', rate: '1' } },
      ...more,
    });
    const offers = [offer('theirs', ['hertz'], theirs), offer('ours', ['shop'], ours)] as never[];
    expect(faults([hertz], [], { offers })).toEqual(found);
    const shared = [offer('both', ['hertz', 'shop'], { budget: { points: 1 } })] as never[];
    expect(faults([hertz], [], { offers: shared })).toEqual([]);
  });

  it('P66: is let through when the partner pays for all of it and somebody has accepted it', () => {
    const named = { ...hertz, outEarns: accepted };
    expect(faults([named], [at(['hertz'])])).toEqual([]);
    expect(faults([named], [at(['hertz'], paidBy(['hertz', '1']))])).toEqual([]);
    expect(faults([named], [at(['hertz'], paidBy(['hertz', '0.9'], ['own', '0.1']))])).toEqual([
      'partner_pays_too_little /earningRules/1',
    ]);
    const half: Partner = { ...named, terms: { kind: 'postpaid', price: '1', share: '0.5' } };
    expect(faults([half], [at(['hertz'])])).toEqual(['partner_pays_too_little /earningRules/1']);
  });

  it('P66: is let through only with a name, a reason and a last day', () => {
    for (const part of ['by', 'reason', 'until'] as const) {
      const { [part]: _, ...rest } = accepted;
      expect(
        faults([{ ...hertz, outEarns: rest as typeof accepted }], [at(['hertz'])]),
      ).toHaveLength(1);
    }
  });
});

describe('an agent', () => {
  const online: Rule = { ...double, when: [{ kind: 'channel', channels: ['online'] }] };

  it.each<[string, Rule, string[]]>([
    ['shops of our own', at(['shop']), ['direct_out_earns_agent /earningRules/1/when/0']],
    ['a direct channel', online, ['direct_out_earns_agent /earningRules/1/when/0']],
    ['the agent too', at(['shop', 'travel']), []],
    [
      'its channel too',
      { ...double, when: [{ kind: 'channel', channels: ['online', 'agency'] }] },
      [],
    ],
    ['the agent alone', at(['travel']), []],
    ['a franchise', at(['north']), []],
  ])('P67: is not out-earned by a rule for %s', (_, rule, found) => {
    expect(faults([agent, { code: 'north', kind: 'franchise' }], [rule])).toEqual(found);
  });

  const rate: Rule = {
    ...{ kind: 'per_amount', id: 'garden', name: 'Garden', rate: '0.5' },
    categories: ['garden'],
  };
  it.each<[string, Rule, boolean]>([
    ['for the agent alone', at(['travel'], rate), true],
    ['for its channel', { ...rate, when: [{ kind: 'channel', channels: ['agency'] }] }, true],
    ['for some and the agent', at(['shop', 'travel'], rate), true],
    ['for others', at(['north'], rate), false],
    ['that comes on top', at(['travel'], { ...rate, qualifies: false }), false],
    ['for everybody', rate, false],
  ])('P67: has no category rate of its own that goes before others: one %s', (_, rule, found) => {
    const given = faults([agent, { code: 'north', kind: 'franchise' }], [rule]);
    expect(given).toEqual(found ? ['agent_rate_goes_first /earningRules/1/when/0'] : []);
  });
});

describe('at the start of a version', () => {
  const document = aProgrammeDocument({ partners: [{ ...hertz, outEarns: accepted }, agent] });
  const found = (kinds: [string, string][], startsAt: number): string[] =>
    partnersAtStart(document, { kinds: new Map(kinds), startsAt }).map(
      ({ code, pointer }) => `${code} ${pointer}`,
    );

  it('P68: partners are of the kind their retailers are, as far as those are known', () => {
    expect(found([['hertz', 'partner']], 0)).toEqual([]);
    expect(
      found(
        [
          ['travel', 'partner'],
          ['hertz', 'own'],
        ],
        0,
      ),
    ).toEqual(['partner_kind_differs /partners/0/kind', 'partner_kind_differs /partners/1/kind']);
  });

  it('P68: no acceptance is over', () => {
    const end = Date.UTC(2031, 0, 1);
    expect(found([], end - 1)).toEqual([]);
    expect(found([], end)).toEqual(['acceptance_over /partners/0/outEarns/until']);
  });
});
