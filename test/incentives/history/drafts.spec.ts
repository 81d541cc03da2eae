import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { happenings } from '../../../src/incentives/lives/events.js';
import { stateAfter } from '../../../src/incentives/lives/fold.js';
import { Player, sideOf } from '../../../src/incentives/lives/player.js';
import { compileProgramme } from '../../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import { aProgrammeDocument } from '../../support/programme.js';
import { anyDoing, BEGIN, Person } from './lived.js';

const tea = { code: 'tea', name: 'Tea', points: 30, value: { amount: 30, currency: 'GBP' } };
const plain = aProgrammeDocument({ redemption: { holdMinutes: 2_880 }, returnWindowDays: 3 });
const [blue, silver] = plain.tiers;
if (blue === undefined || silver === undefined) throw new Error('There are two tiers.');
const lived: ProgrammeDocument = { ...plain, rewards: [tea, ...plain.rewards] };

const rolling: ProgrammeDocument['ladder'] = {
  metric: 'spend',
  window: { kind: 'rolling', months: 2 },
  graceMonths: 1,
};

/** Documents that have little in common with the one that members lived under. */
const drafts: Record<string, ProgrammeDocument> = {
  'no reward that anybody took': { ...lived, rewards: [{ ...tea, code: 'cake' }] },
  'a dear reward': { ...lived, rewards: [{ ...tea, points: 5_000 }, ...plain.rewards] },
  'points that stay': { ...lived, expiry: { kind: 'none' } },
  'no window for returns': { ...lived, returnWindowDays: 0 },
  'a long window': { ...lived, returnWindowDays: 90 },
  'one tier': { ...lived, tiers: [blue], rewards: [tea] },
  'other tiers': {
    ...lived,
    rewards: [tea],
    tiers: [blue, { ...silver, code: 'oak', replaces: ['silver'], threshold: 50 }],
  },
  'tiers by spend': {
    ...lived,
    ladder: rolling,
    tiers: [blue, { ...silver, threshold: 20_000, keep: 10_000 }],
  },
  'nothing earns': { ...lived, earningRules: lived.earningRules.slice(2) },
  'late events refused': { ...lived, lateEvents: { windowDays: 1, older: 'refuse' } },
  'other categories': { ...lived, categories: lived.categories.slice(1, 3) },
};

describe('a draft', () => {
  it.each(Object.entries(drafts))('I47: plays whatever happened (%s)', (_, draft) => {
    const before = compileProgramme(lived, { no: 1, effectiveAt: 0 });
    const programme = compileProgramme(draft, { no: 2, effectiveAt: 0, earlier: before });
    const side = sideOf(programme, () => before);
    fc.assert(
      fc.property(
        fc.array(anyDoing, { minLength: 15, maxLength: 50, size: 'max' }),
        fc.nat(60),
        (doings, cut) => {
          const person = new Person(before);
          for (const doing of doings) person.does(doing);
          const { known, postings } = person.life;
          const [early, rest] = [postings.slice(0, cut), postings.slice(cut)];
          const at = early.at(-1)?.recordedAt ?? BEGIN;
          const player = new Player(side, stateAfter(known, early, at));
          for (const each of happenings(rest, early.at(-1))) player.play(each);
          player.settle(person.now + 1);
          const { lots = [], points, held, owed, qualifying, tier } = player.member;
          // Law L3: what a member has is in lots.
          expect(lots.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(points + held);
          expect(lots.reduce((sum, lot) => sum + lot.held, 0)).toBe(held);
          expect(Math.min(points, held, owed)).toBeGreaterThanOrEqual(0);
          expect(typeof qualifying).toBe('bigint');
          expect(typeof tier).toBe('string');
        },
      ),
      { numRuns: 12 },
    );
  });
});
