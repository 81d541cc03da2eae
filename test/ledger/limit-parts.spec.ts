import { decideInRounds, Short, type Rooms } from '../../src/ledger/limits/rounds.js';
import {
  hasAll,
  homeOf,
  leftIn,
  poolHas,
  share,
  type Slot,
} from '../../src/ledger/limits/slots.js';
import { totalAt } from '../../src/ledger/limits/totals.js';
import type { Command, ProgrammeBook } from '../../src/ledger/command.js';
import type { Programme } from '../../src/rules/programme.js';
import { aProgramme } from '../support/programme.js';

const slot = (bucket: number, granted: number, used = 0): Slot => ({ bucket, granted, used });
const spread = (total: number, granted: number) => ({ total, granted, home: null });

describe('a slot of a shared limit', () => {
  it('L17: is one alone for fewer than 4,096, the same in every process, and one a bucket for more', () => {
    expect(homeOf('a', 4_095)).toBe(97 % 64);
    // (97 * 31 + 98) % 64, and once beyond what is kept of the sum: 65,521.
    expect(homeOf('ab', 10)).toBe(3_105 % 64);
    expect(homeOf('abcd', 10)).toBe((((96_354 % 65_521) * 31 + 100) % 65_521) % 64);
    expect(homeOf('', 1)).toBe(0);
    expect(homeOf('a', 4_096)).toBeNull();
  });

  it('L17: has what it was granted and has not used, and nothing while too much is granted', () => {
    expect(leftIn(spread(100, 100), slot(1, 30, 12))).toBe(18);
    expect(leftIn(spread(99, 100), slot(1, 30, 12))).toBe(0);
  });

  it('L17: has all there is where as much as is left of the limit is left in it', () => {
    expect(hasAll(spread(100, 60), 90, slot(1, 30, 20))).toBe(true);
    expect(hasAll(spread(100, 60), 89, slot(1, 30, 20))).toBe(false);
    expect(hasAll(spread(100, 60), 120, slot(1, 30, 30))).toBe(true);
  });

  it('L17: need not be looked for where the pool has enough', () => {
    expect([poolHas(spread(100, 60), 40), poolHas(spread(100, 60), 41)]).toEqual([true, false]);
  });
});

describe('sharing a limit out', () => {
  it('L17: grants what is missing and a share ahead out of the pool, and no more than it has', () => {
    const limit = spread(25_600, 1_000);
    expect(share(limit, [slot(3, 10, 4)], { bucket: 3, amount: 20 })).toEqual({
      ...{ room: 24_606, granted: 1_114, changed: [slot(3, 124, 4)] },
    });
    expect(share(spread(25_600, 25_590), [slot(3, 10, 4)], { bucket: 3, amount: 16 })).toEqual({
      ...{ room: 16, granted: 25_600, changed: [slot(3, 20, 4)] },
    });
    const alone = { total: 100, granted: 0, home: 3 };
    expect(share(alone, [], { bucket: 3, amount: 1 })).toEqual({
      ...{ room: 100, granted: 100, changed: [slot(3, 100)] },
    });
  });

  it('L17: changes nothing where the slot has enough', () => {
    const limit = spread(25_600, 1_000);
    expect(share(limit, [slot(3, 10, 4)], { bucket: 3, amount: 6 })).toEqual({
      ...{ room: 24_606, granted: 1_000, changed: [] },
    });
  });

  it('L17: moves from the slots that have most, then the first, what is asked or a fair part', () => {
    const slots = [slot(1, 40, 0), slot(2, 90, 0), slot(3, 5, 5), slot(4, 40, 0)];
    expect(share(spread(175, 175), slots, { bucket: 3, amount: 100 })).toEqual({
      room: 170,
      granted: 175,
      changed: [slot(1, 30, 0), slot(2, 0, 0), slot(3, 105, 5)],
    });
    const rich = [slot(1, 6_400, 0), slot(2, 0, 0)];
    expect(share(spread(6_400, 6_400), rich, { bucket: 2, amount: 3 })).toEqual({
      ...{ room: 6_400, granted: 6_400, changed: [slot(1, 6_300, 0), slot(2, 100, 0)] },
    });
  });

  it('L17: a slot that asks anew is made, and what all have is told where it is not enough', () => {
    expect(share(spread(5_000, 5_000), [slot(1, 7, 5)], { bucket: 9, amount: 3 })).toEqual({
      ...{ room: 2, granted: 5_000, changed: [slot(1, 5, 5), slot(9, 2)] },
    });
    expect(share(spread(5_000, 5_000), [slot(1, 7, 7)], { bucket: 9, amount: 3 })).toEqual({
      ...{ room: 0, granted: 5_000, changed: [slot(9, 0)] },
    });
  });

  it('L17: draws in first what was granted beyond a total that is lower now', () => {
    const slots = [slot(1, 30, 10), slot(2, 50, 10), slot(3, 20, 20)];
    expect(share(spread(65, 100), slots, { bucket: 1, amount: 1 })).toEqual({
      ...{ room: 25, granted: 65, changed: [slot(2, 15, 10)] },
    });
    expect(share(spread(45, 100), slots, { bucket: 1, amount: 6 })).toEqual({
      ...{ room: 5, granted: 45, changed: [slot(1, 15, 10), slot(2, 10, 10)] },
    });
    expect(share(spread(30, 100), slots, { bucket: 1, amount: 1 })).toEqual({
      ...{ room: 0, granted: 40, changed: [slot(1, 10, 10), slot(2, 10, 10)] },
    });
  });
});

describe('the total of a limit', () => {
  const version = (limits: [string, number][], grains: [string, number][] = []): Programme => ({
    ...aProgramme(),
    ...{ limits: new Map(limits), grains: new Map(grains) },
  });
  const at = (versions: readonly Programme[], inForce: Programme | undefined): unknown => {
    const programmes: ProgrammeBook = {
      ...{ revision: versions.length, lookBackMs: 0, refresh: () => Promise.resolve() },
      at: () => inForce,
      begunBy: () => versions,
      version: () => {
        throw new Error('No posting names one.');
      },
    };
    return totalAt({ now: 0, programmes }, 'mug#12');
  };

  it('L17: is that of the version in force, or of the last that had it, by what it is one of', () => {
    const [one, two, none] = [
      version([['mug', 5]]),
      version([['mug', 7]], [['mug', 3]]),
      version([]),
    ];
    expect(at([one, two], two)).toEqual({ total: 7, grain: 3 });
    expect(at([two, one], two)).toEqual({ total: 7, grain: 3 });
    expect(at([two, one, none], none)).toEqual({ total: 5, grain: 1 });
    expect(at([one, two], undefined)).toEqual({ total: 7, grain: 3 });
    expect(at([none], none)).toBeUndefined();
    expect(at([], undefined)).toBeUndefined();
  });
});

describe('commands that a slot has too little for', () => {
  const unasked = (): never => {
    throw new Error('Nothing is decided here.');
  };
  const command = (member: string): Command => ({
    ...{ memberIds: [`${member}000000-0000-4000-8000-000000000000`], caller: 'fealty' },
    ...{ operation: 'test', actor: 'test', requestId: 'test', needs: unasked, decide: unasked },
  });
  const faultOf = (error: unknown): Error => new Error(`fault: ${String(error)}`);
  const [one, two, three] = [command('01'), command('01'), command('02')];
  const mug = (amount: number): Short => new Short([{ limit: 'mug', amount }]);
  const told = (rooms: Rooms): unknown => [...rooms].map(([of, room]) => [of, [...room]]);

  it('L18: are decided again, those alone, once what all ask of a slot is fetched together', async () => {
    const seen: unknown[] = [];
    const asked: unknown[] = [];
    const results = await decideInRounds<string>([one, two, three], {
      decide: (commands, rooms) => {
        seen.push([commands.length, told(rooms)]);
        return Promise.resolve(
          rooms.size === 0
            ? [mug(2), mug(3), 'done']
            : commands.map((each) => (each === one ? 'first' : 'second')),
        );
      },
      refill: (limit, bucket, amount) => {
        asked.push([limit, bucket, amount]);
        return Promise.resolve(9);
      },
      faultOf,
    });
    expect(results).toEqual(['first', 'second', 'done']);
    expect(asked).toEqual([['mug', 1, 5]]);
    expect(seen).toEqual([
      [3, []],
      [
        2,
        [
          [one, [['mug', 9]]],
          [two, [['mug', 9]]],
        ],
      ],
    ]);
  });

  it('L18: ask each slot and limit apart, and are told of each what the whole limit has', async () => {
    const asked: unknown[] = [];
    let rounds = 0;
    const both = new Short([
      { limit: 'mug', amount: 1 },
      { limit: 'pen', amount: 4 },
    ]);
    const results = await decideInRounds<unknown>([one, three], {
      decide: (_, rooms) => {
        rounds += 1;
        return Promise.resolve(rounds === 1 ? [both, mug(2)] : [told(rooms), 'done']);
      },
      refill: (limit, bucket, amount) => {
        asked.push([limit, bucket, amount]);
        return Promise.resolve(amount * 10);
      },
      faultOf,
    });
    expect(asked).toEqual([
      ['mug', 1, 1],
      ['pen', 1, 4],
      ['mug', 2, 2],
    ]);
    expect(results).toEqual([
      [
        [
          one,
          [
            ['mug', 10],
            ['pen', 40],
          ],
        ],
        [three, [['mug', 20]]],
      ],
      'done',
    ]);
  });

  it('L18: are told a failure of the refill, and others are not', async () => {
    const results = await decideInRounds<string>([one, three], {
      decide: () => Promise.resolve([mug(2), 'done']),
      refill: () => Promise.reject(new Error('away')),
      faultOf,
    });
    expect(results).toEqual([new Error('fault: Error: away'), 'done']);
  });

  it('L18: may try again after 32 rounds in which others took what was fetched', async () => {
    let refills = 0;
    const results = await decideInRounds<string>([one], {
      decide: () => Promise.resolve([mug(1)]),
      refill: () => Promise.resolve((refills += 1)),
      faultOf,
    });
    expect(refills).toBe(32);
    expect(results).toMatchObject([{ code: 'unavailable' }]);
    expect(mug(1)).toMatchObject({
      ...{ name: 'Short', message: 'A shared limit has too little in this slot.' },
    });
  });

  it('L18: must have a result each', async () => {
    let rounds = 0;
    const decided = decideInRounds<string>([one], {
      decide: () => Promise.resolve((rounds += 1) === 1 ? [mug(1)] : []),
      refill: () => Promise.resolve(1),
      faultOf,
    });
    expect(await decided).toEqual([
      new Error('fault: Error: invariant: every command has a result'),
    ]);
  });
});
