import { checkMember, type Difference, type StoredMember } from '../../src/ledger/check.js';
import { firstHead, hashOf, type CompactEffects, type Posting } from '../../src/ledger/posting.js';
import { adjustmentLimits } from '../../src/rules/actions/adjustment-limits.js';
import type { Action } from '../../src/rules/act.js';
import type { Lot } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aMember, anAccrual, aPurchase, DAY, HOUR, NOON, versionsOf } from '../support/state.js';
import { aStoredMember, storedAfter } from './history.js';

const namesOf = (member: StoredMember, now?: number): string[] =>
  checkMember(member, now).map(({ what }) => what);
const found = (what: string, stored: unknown, recomputed: unknown): Difference => ({
  ...{ memberId: aMember().memberId, what },
  ...{ stored: String(stored), recomputed: String(recomputed) },
});

const withAccount = (
  member: StoredMember,
  account: Partial<StoredMember['account']>,
): StoredMember => ({ ...member, account: { ...member.account, ...account } });

/** The member with one posting changed, and hashed anew from there on. */
function forged(member: StoredMember, seq: number, change: Partial<Posting>): StoredMember {
  let head = firstHead(member.memberId);
  const postings = member.postings.map((posting) => {
    const changed = { ...posting, ...(posting.seq === seq && change), prevHash: head };
    head = hashOf(
      changed,
      member.entries.filter((entry) => entry.seq === posting.seq),
    );
    return { ...changed, hash: head };
  });
  return withAccount({ ...member, postings }, { head });
}

describe('what is found of an account', () => {
  it.each([
    ['version', 99],
    ['head', 'ab'],
    ['held', 99],
    ['owed', 99],
    ['qualifying', 99n],
    ['remainder', 99n],
    ['tier', 'gold'],
    ['pending', 99],
    ['points', 99],
  ] as const)('L3: another %s', (field, value) => {
    const member = aStoredMember();
    const names = namesOf(withAccount(member, { [field]: value }));
    const both = field === 'points' || field === 'held' ? ['account points and held'] : [];
    expect(names).toEqual([`account ${field}`, ...both]);
  });

  it('L3: figures without a posting', () => {
    const member = aStoredMember();
    const none = { ...member, postings: [], entries: [], lots: [] };
    const empty = { version: 0, points: 0, held: 0, owed: 0, pending: 0, changesAt: null };
    const account = { ...empty, head: firstHead(member.memberId), remainder: 0n };
    expect(checkMember(withAccount(none, { ...account, qualifying: 5n, tier: 'blue' }))).toEqual([
      found('account qualifying', 5, 0),
      found('account tier', 'blue', ''),
    ]);
  });
});

describe('what is found of postings', () => {
  it('L9: the number, the chain and the figures of one', () => {
    const member = aStoredMember();
    const changed = (change: Partial<Posting>): string[] =>
      namesOf({
        ...member,
        postings: member.postings.map((each) => (each.seq === 2 ? { ...each, ...change } : each)),
      });
    expect(changed({ prevHash: 'ab' })).toEqual(['posting 2 previous hash', 'posting 2 hash']);
    const { after } = member.postings[1] ?? {};
    if (after === undefined) throw new Error('There is no posting.');
    expect(changed({ after: { ...after, owed: 7 } })).toEqual(['posting 2 hash', 'posting 2 owed']);
    expect(changed({ after: { ...after, held: 7 } })).toEqual(['posting 2 hash', 'posting 2 held']);
    const gap = { ...member, postings: member.postings.slice(1) };
    expect(checkMember(gap)[0]).toEqual(found('posting 2 number', 2, 1));
  });

  it('L3: entries of one that is not there', () => {
    const member = aStoredMember();
    const cut = { ...member, postings: member.postings.slice(0, -1) };
    const last = member.postings.length;
    expect(checkMember(cut)).toContainEqual(found(`entries of posting ${last}`, 'present', 'none'));
  });

  it('L3: an explanation that is no sum', () => {
    const member = forged(aStoredMember(), 1, { explanation: [[0, 0, 'rate_applied', 'much']] });
    const { billionths } = member.postings[0] ?? {};
    expect(checkMember(member)).toEqual([found('posting 1 explanation', billionths, 'not a sum')]);
  });

  it('L3: nothing else than a wrong hash where effects have no shape', () => {
    const effects = { lots: 5 } as unknown;
    const member = aStoredMember();
    const postings = member.postings.map((each) =>
      each.seq === 1 ? { ...each, effects: effects as CompactEffects } : each,
    );
    expect(namesOf({ ...member, postings })).toEqual(['posting 1 hash']);
    // With a right hash it is no tampering that could be named, but a fault of the engine.
    expect(() => checkMember(forged(member, 1, { effects: effects as CompactEffects }))).toThrow(
      TypeError,
    );
  });
});

describe('what is found of lots', () => {
  it('L3: one that is missing, or has other terms or figures', () => {
    const member = aStoredMember();
    const [lot, ...others] = member.lots;
    if (lot === undefined) throw new Error('There is no lot.');
    const all = member.lots.reduce((sum, { remaining }) => sum + remaining, 0);
    expect(checkMember({ ...member, lots: others })).toEqual([
      found('lot 1/0', 'missing', 'named by entries'),
      found('account points and held', all, all - lot.remaining),
    ]);
    const changed = (change: Partial<Lot>): string[] =>
      namesOf({ ...member, lots: [{ ...lot, ...change }, ...others] });
    const terms = [{ funder: 'x' }, { accruedAt: 1 }, { expiresAt: 1 }, { availableFrom: 1 }];
    for (const term of terms) expect(changed(term)).toEqual(['lot 1/0 terms']);
    expect(changed({ origin: { seq: 3, n: 1 } })).toEqual(['lot 1/0 terms']);
    expect(changed({ amount: 1 })).toEqual(['lot 1/0 amount']);
    expect(changed({ held: lot.held + 1 })).toEqual(['lot 1/0 held']);
    expect(changed({ remaining: 1 })).toEqual(['lot 1/0 remaining', 'account points and held']);
    const unknown = checkMember({ ...member, lots: [...member.lots, { ...lot, seq: 77 }] });
    expect(unknown.map(({ what }) => what)).toContain('lot 77/0 terms');
  });

  it('L3: nothing where points were adjusted, owed, repaid or came late', () => {
    const programme = aProgramme({ returnWindowDays: 0 });
    const versions = versionsOf(programme);
    const at = (hours: number): number => NOON + hours * HOUR;
    const staff = { id: 'ada', memberId: null };
    const adjust = { kind: 'adjust', requester: staff, reason: 'goodwill' } as const;
    const actions: Action[] = [
      { ...anAccrual(aPurchase([3_000])), versions },
      { ...adjust, at: at(1), points: -10 },
      { kind: 'return', at: at(2), occurredAt: at(2), purchase: 1, versions },
      { ...adjust, at: at(3), points: 30 },
      { ...anAccrual(aPurchase([4_000]), { at: at(4) }), versions },
      { ...anAccrual(aPurchase([2_000]), { at: at(5), occurredAt: at(0) - HOUR }), versions },
    ];
    const used = adjustmentLimits('ada', aMember().memberId).map(({ id }) => [id, 0] as const);
    const member = storedAfter(programme, actions, new Map(used));
    expect(member.account).toMatchObject({ owed: 0 });
    expect(member.entries.map(({ debit, credit }) => `${debit} ${credit}`)).toEqual(
      expect.arrayContaining(['points adjusted', 'adjusted points', 'owed issued', 'points owed']),
    );
    expect(member.postings.some(({ after }) => after.owed > 0)).toBe(true);
    expect(namesOf(member)).toEqual([]);
  });
});

describe('what is found of the next change', () => {
  /** Two lots whose windows close a day apart. */
  const programme = aProgramme();
  const waiting = (): StoredMember => {
    const versions = versionsOf(programme);
    return storedAfter(programme, [
      { ...anAccrual(aPurchase([1_000])), versions },
      { ...anAccrual(aPurchase([1_500]), { at: NOON + DAY }), versions },
    ]);
  };
  const first = Date.UTC(2026, 6, 16, 23);
  const second = first + DAY;
  const changing = (changesAt: number | null, pending: number, now = NOON + 2 * DAY): string[] =>
    namesOf(withAccount(waiting(), { changesAt, pending }), now);

  it('L15: it is the first window to close, with all that is pending until then', () => {
    expect(waiting().account).toMatchObject({ changesAt: first, pending: 25 });
    expect(changing(first, 25)).toEqual([]);
    expect(changing(first, 24)).toEqual(['account pending']);
    expect(checkMember(withAccount(waiting(), { changesAt: first + 1 }), NOON)).toEqual([
      found('account changes at', first + 1, first),
      found('account pending', 25, 15),
    ]);
  });

  it('L15: a window that has closed may have been settled, one that is open may not', () => {
    expect(changing(second, 15, first)).toEqual([]);
    expect(changing(second, 15, first - 1)).toEqual(['account changes at']);
    expect(changing(null, 0, second)).toEqual([]);
    expect(changing(null, 0, second - 1)).toEqual(['account changes at']);
    expect(changing(null, 25, second)).toEqual(['account pending']);
  });

  it('L15: it is the end of an open hold, and nothing of a lot that is all held or spent', () => {
    const member = aStoredMember();
    const ends = NOON + HOUR + 16 * 60_000;
    expect(member.account.changesAt).toBe(ends);
    expect(checkMember(withAccount(member, { changesAt: null }), NOON)).toEqual([
      found('account changes at', null, ends),
    ]);
    expect(namesOf(withAccount(member, { changesAt: ends - 1 }))).toEqual(['account changes at']);
  });

  it('L15: there is none where nothing waits', () => {
    const open = aProgramme({ returnWindowDays: 0 });
    const member = storedAfter(open, [anAccrual(aPurchase([1_000]))]);
    expect(checkMember(withAccount(member, { changesAt: NOON + 1 }))).toEqual([
      found('account changes at', NOON + 1, null),
    ]);
  });
});
