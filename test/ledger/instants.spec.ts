import { byInstant, passedBy } from '../../src/ledger/history/instants.js';
import { aLot, DAY, NOON } from '../support/state.js';

const at = (day: number): number => NOON + day * DAY;

describe('what is still to come of points', () => {
  it('is summed by instant, soonest first', () => {
    const lots = [
      aLot({ remaining: 30, expiresAt: at(9), availableFrom: at(2) }),
      aLot({ remaining: 20, expiresAt: at(3), availableFrom: at(1) }),
      aLot({ remaining: 50, expiresAt: at(9), availableFrom: at(1) }),
    ];
    expect(byInstant(lots, 'expiresAt', NOON)).toEqual([
      { at: at(3), points: 20 },
      { at: at(9), points: 80 },
    ]);
    expect(byInstant(lots, 'availableFrom', NOON)).toEqual([
      { at: at(1), points: 70 },
      { at: at(2), points: 30 },
    ]);
  });

  it('leaves out what has come already, never comes, or has nothing left', () => {
    const lots = [
      aLot({ expiresAt: at(1) }),
      aLot({ expiresAt: at(2), remaining: 40 }),
      aLot({ expiresAt: at(3), remaining: 0 }),
      aLot({ expiresAt: null }),
    ];
    expect(byInstant(lots, 'expiresAt', at(1))).toEqual([{ at: at(2), points: 40 }]);
    expect(byInstant(lots, 'expiresAt', at(2))).toEqual([]);
  });

  it('is there still where the date has passed, of which the five newest are told', () => {
    const lots = [7, 2, 6, 1, 5, 3, 4].map((day) => aLot({ remaining: day, expiresAt: at(day) }));
    const told = passedBy([...lots, aLot({ expiresAt: null })], at(6));
    expect(told).toEqual([2, 3, 4, 5, 6].map((day) => ({ at: at(day), points: day })));
    expect(passedBy([aLot({ expiresAt: at(1), remaining: 0 })], at(6))).toEqual([]);
  });

  it('is told for the five soonest instants', () => {
    const lots = [7, 2, 6, 1, 5, 3, 4].map((day) => aLot({ remaining: day, expiresAt: at(day) }));
    const told = byInstant(lots, 'expiresAt', NOON);
    expect(told).toEqual([1, 2, 3, 4, 5].map((day) => ({ at: at(day), points: day })));
  });
});
