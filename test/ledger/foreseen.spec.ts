import { answerOf, type Command } from '../../src/ledger/command.js';
import { memberFacts } from '../../src/members/member-facts.queries.js';
import { countersNeeded } from '../../src/rules/earning/counters.js';
import { aPurchase } from '../support/state.js';
import { spendable } from './history.js';
import { overhear, purchase, startEngine, type Engine } from './engine.js';

const DAY = 86_400_000;

let engine: Engine;
let heard: string[] = [];

beforeAll(async () => {
  engine = await startEngine();
  overhear(engine, (text, send) => {
    heard.push(text);
    return send();
  });
});
afterAll(() => engine.close());

type Foresight = 'nothing' | 'what is needed' | 'another day' | 'half of it';

/** A purchase that foresees what it needs more or less well. */
function foreseeing(command: Command, foresight: Foresight): Command {
  if (foresight === 'nothing') return command;
  return {
    ...command,
    foreseen: () => {
      const occurredAt = Date.now() - (foresight === 'another day' ? 9 * DAY : 0);
      const counters = countersNeeded(spendable(), occurredAt, aPurchase([3_000]));
      return {
        counters: foresight === 'half of it' ? counters.slice(0, 1) : counters,
        facts: foresight === 'half of it' ? [] : [memberFacts],
      };
    },
  };
}

describe('what is foreseen', () => {
  it.each<Foresight>(['nothing', 'what is needed', 'another day', 'half of it'])(
    'L16: a purchase that foresees %s is decided on the same facts',
    async (foresight) => {
      const member = await engine.enrol();
      const points: number[] = [];
      // The visit's 20 points come with the first one only, which a counter remembers.
      for (let visit = 0; visit < 3; visit += 1) {
        const posted = await engine.ledger.submit(foreseeing(purchase(member, 3_000), foresight));
        points.push(answerOf(posted).after.points);
      }
      expect(points).toEqual([50, 80, 110]);
    },
  );

  it('L16: what was foreseen is not read again, and what was not is', async () => {
    const readings = async (foresight: Foresight): Promise<number> => {
      const member = await engine.enrol();
      heard = [];
      await engine.ledger.submit(foreseeing(purchase(member, 3_000), foresight));
      return heard.filter((text) => /FROM unnest.*JOIN (counters|members)/s.test(text)).length;
    };
    expect(await readings('what is needed')).toBe(2);
    expect(await readings('nothing')).toBe(2);
    expect(await readings('another day')).toBe(3);
    expect(await readings('half of it')).toBe(3);
  });

  it('L16: what is foreseen is read behind the locks', async () => {
    const member = await engine.enrol();
    heard = [];
    await engine.ledger.submit(foreseeing(purchase(member, 3_000), 'what is needed'));
    const at = (pattern: RegExp): number => heard.findIndex((text) => pattern.test(text));
    expect(at(/FOR NO KEY UPDATE/)).toBeGreaterThanOrEqual(0);
    expect(at(/JOIN counters/)).toBeGreaterThan(at(/FOR NO KEY UPDATE/));
    expect(at(/JOIN members/)).toBeGreaterThan(at(/FOR NO KEY UPDATE/));
  });
});
