import Sequencer from '@jest/test-sequencer';

/** What takes a minute or more: begun at the end of a run, one of them would be waited for alone. */
const long = [
  'model/core',
  'crash/',
  'model/http',
  'api/contract',
  'programmes/p',
  'events/',
  'redemptions/',
  'trial/',
];

/** The usual order, but the long ones first. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const placeOf = ({ path }) => {
      const place = long.findIndex((part) => path.includes(`/test/${part}`));
      return place < 0 ? long.length : place;
    };
    return super.sort(tests).sort((a, b) => placeOf(a) - placeOf(b));
  }
}
