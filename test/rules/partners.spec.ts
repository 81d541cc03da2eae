import fc from 'fast-check';
import type { Partner } from '../../src/programmes/document.js';
import { Awards, timelineOf } from '../../src/rules/earning/timeline.js';
import { sumOf } from '../../src/rules/explanation.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import { fundedBy } from '../../src/rules/partners/funding.js';
import { allBlocks, blockOf, blocksFor } from '../../src/rules/partners/terms.js';
import { BILLION } from '../../src/rules/points.js';
import { HOUR, NOON } from '../support/state.js';
import { anyFunded, codes } from './funded.js';
import {
  anyStory,
  arrive,
  endOf,
  fresh,
  inTime,
  shuffled,
  type Back,
  type Bought,
} from './stories.js';

const numRuns = Number(process.env['RUNS'] ?? 100);
const keys = fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 });

const postpaid = (code: string, share: string): Partner => ({
  ...{ code, kind: 'partner' },
  terms: { kind: 'postpaid', price: '1', share },
});
const prepaid = (code: string, share: string): Partner => ({
  ...{ code, kind: 'partner' },
  terms: { kind: 'prepaid', price: '1', share, whenEmpty: 'refuse', alertBelow: 0 },
});

/** Whole points that postings put on a partner's account. */
const paidBy = (code: string, postings: readonly PostingDraft[]): number =>
  postings
    .flatMap(({ entries }) => entries)
    .reduce((sum, { debit, credit, amount }) => {
      const account = `partner:${code}`;
      return sum + (debit === account ? amount : 0) - (credit === account ? amount : 0);
    }, 0);

describe('who pays for points', () => {
  it('R65: is said in parts that are the whole, each as its share says, the rest the own', () => {
    fc.assert(
      fc.property(anyFunded(postpaid), anyStory, (programme, story) => {
        const { member } = arrive(programme, inTime(story));
        for (const award of Awards.after(timelineOf(member.history ?? []), member).all()) {
          const items = [...award.items.values()];
          const parts = [...fundedBy(programme, award.purchase?.retailer, items).values()];
          const partners = parts.reduce((sum, part) => sum + part, 0n);
          expect(parts.every((part) => part >= 0n)).toBe(true);
          expect(partners).toBeLessThanOrEqual(sumOf(items));
        }
      }),
      { numRuns },
    );
  });

  it('R66: comes to the whole points of all of a member together, however they arrive', () => {
    fc.assert(
      fc.property(anyFunded(postpaid), anyStory, keys, (programme, story, places) => {
        const late = arrive(programme, shuffled(story, places));
        const ordered = arrive(programme, inTime(story));
        expect(endOf(late)).toEqual(endOf(ordered));
        const awards = Awards.after(timelineOf(late.member.history ?? []), late.member);
        for (const code of codes) {
          let exact = 0n;
          for (const { purchase, items } of awards.all()) {
            exact += fundedBy(programme, purchase?.retailer, items.values()).get(code) ?? 0n;
          }
          expect(paidBy(code, late.postings)).toBe(Number(exact / BILLION));
          expect(paidBy(code, ordered.postings)).toBe(Number(exact / BILLION));
        }
      }),
      { numRuns },
    );
  });

  it('R66: is nothing once everything came back', () => {
    fc.assert(
      fc.property(anyFunded(postpaid), anyStory, keys, (programme, story, places) => {
        const bought = inTime(story).filter((each): each is Bought => each.kind === 'accrue');
        const back = bought.map(({ id }): Back => ({
          ...{ kind: 'return', id: 100 + id, of: id, lines: undefined },
          occurredAt: NOON - HOUR + (places[id] ?? 0) * 10 + id,
        }));
        const run = arrive(programme, [...bought, ...inTime(back)]);
        for (const code of codes) expect(paidBy(code, run.postings)).toBe(0);
        expect({ ...endOf(run), newestAt: null, heardAt: null }).toEqual(
          endOf({ member: fresh('blue') }),
        );
      }),
      { numRuns },
    );
  });
});

describe('a block of points', () => {
  it('R67: is never used beyond what it has, and a return gives back what it took', () => {
    fc.assert(
      fc.property(
        anyFunded(prepaid),
        anyStory,
        keys,
        fc.nat(120),
        (programme, story, places, total) => {
          const blocks = codes.map(blockOf);
          const left = new Map(blocks.map((block) => [block, total]));
          const run = arrive(programme, shuffled(story, places), fresh(), left);
          const used = new Map(blocks.map((block) => [block, 0]));
          for (const { shared = [], kind } of run.postings) {
            expect(kind === 'refused' ? shared : []).toEqual([]);
            for (const { limit, amount } of shared) {
              const now = (used.get(limit) ?? 0) + amount;
              used.set(limit, now);
              expect(now).toBeGreaterThanOrEqual(0);
              expect(now).toBeLessThanOrEqual(total);
            }
          }
          for (const code of codes) {
            expect(paidBy(code, run.postings)).toBe(used.get(blockOf(code)));
          }
          const back = inTime(story)
            .filter(({ kind }) => kind === 'accrue')
            .map(({ id }): Back => ({
              ...{ kind: 'return', id: 200 + id, of: id, lines: undefined },
              occurredAt: NOON - HOUR + 900_000 + id,
            }));
          const all = arrive(programme, [...shuffled(story, places), ...back], fresh(), left);
          for (const code of codes) expect(paidBy(code, all.postings)).toBe(0);
        },
      ),
      { numRuns },
    );
  });

  it('R67: is named beforehand for whatever may draw from it, and no other is', () => {
    const [programme] = fc.sample(anyFunded(prepaid), 1);
    if (programme === undefined) throw new Error('One is drawn.');
    const partners = { ...programme.partners, funders: new Map() };
    expect(blocksFor(partners, 'shop')).toEqual([]);
    expect(blocksFor(partners, 'other')).toEqual(['block/other']);
    const split = new Map([[0, [{ funder: 'third', part: 1n }]]]);
    const joint = { ...partners, funders: split };
    expect(blocksFor(joint, 'shop')).toEqual(['block/third']);
    expect(allBlocks([programme, programme])).toEqual(['block/other', 'block/third']);
    expect(allBlocks([])).toEqual([]);
  });
});
