import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { makePurchases, type Purchases } from '../support/purchases.js';
import { fealtyEnds, prepareHomes, type Ended } from './importers.js';
import { drawKills, importThroughKills, type Kill, type Victim } from './kills.js';
import { firstDifference, holdingsOf, refusedIn, type Holdings } from './ledgers.js';

const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);

/** `npm run torture -- import` takes in 50,000. */
const count = number('CRASH_PURCHASES', 4_000);
const seed = number('CRASH_SEED', Math.floor(Math.random() * 1_000_000));
const victims: Victim[] = [
  ...Array.from({ length: 6 }, (): Victim => 'importer'),
  ...(['database', 'database', 'both', 'both'] as const),
];
const MINUTES = 60_000;

interface Imported {
  home: string;
  errorsFile: string;
  ended: Ended;
  holdings: Holdings;
}

const say = (line: string): void => {
  process.stdout.write(`  ${line}\n`);
};

describe(`an import of ${count} purchases that is killed ${victims.length} times`, () => {
  const kills: Kill[] = drawKills(seed, victims);
  let purchases: Purchases;
  let calm: Imported;
  let killed: Imported;

  async function imported(
    home: string,
    file: string,
    run: (home: string, args: string[]) => Promise<Ended>,
  ): Promise<Imported> {
    const errorsFile = join(home, 'errors.ndjson');
    const started = Date.now();
    const ended = await run(home, ['import', file, '--retailer', 'shop', '--errors', errorsFile]);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    const holdings = await holdingsOf(home);
    const rate = Math.round(holdings.postings.length / holdings.seconds);
    say(`${seconds} s with all starts, ${rate} purchases a second from first to last posting`);
    return { home, errorsFile, ended, holdings };
  }

  beforeAll(async () => {
    say(`CRASH_SEED=${seed} CRASH_PURCHASES=${count}`);
    const { members, copy } = await prepareHomes(Math.max(200, count / 50));
    const [from, until] = [Date.UTC(2025, 0, 1), Date.UTC(2025, 8, 1)];
    purchases = makePurchases({ seed, count, members, from, until });
    const homes = [await copy('calm'), await copy('killed')] as const;
    const file = join(dirname(homes[0]), 'purchases.ndjson');
    await writeFile(file, purchases.text);
    calm = await imported(homes[0], file, fealtyEnds);
    const work = { postings: purchases.booked, kills, say };
    killed = await imported(homes[1], file, async (home, args) =>
      importThroughKills(home, args, work),
    );
  }, 20 * MINUTES);

  it('K3: books what the file says, and says what it does not', async () => {
    expect(calm.ended.stderr.replace(/^importing: .*\n/gm, '')).toBe('');
    expect(calm.ended.code).toBe(1);
    expect(calm.holdings.postings).toHaveLength(purchases.booked);
    expect(await refusedIn(calm.errorsFile)).toEqual(purchases.refused);
  });

  it('K3, L5: ends in the same postings in the same order when it is killed and run again', () => {
    expect(killed.ended.code).toBe(1);
    expect(firstDifference(killed.holdings.postings, calm.holdings.postings)).toBeUndefined();
    expect(killed.holdings.rows).toEqual(calm.holdings.rows);
  });

  it('L4: leaves no key and no reference without its posting', () => {
    const none = { keys: 0, references: 0, purchases: 0 };
    expect(calm.holdings.strays).toEqual(none);
    expect(killed.holdings.strays).toEqual(none);
  });

  it('K3: writes each refused line to the error file once', async () => {
    expect(await refusedIn(killed.errorsFile)).toEqual(purchases.refused);
  });

  it('was killed where it hurts, on a server that syncs', () => {
    expect([calm.holdings.fsync, killed.holdings.fsync]).toEqual(['on', 'on']);
    expect(kills.every(({ at }) => at >= 0.1 && at <= 0.9)).toBe(true);
    expect(kills.length).toBeGreaterThanOrEqual(10);
    expect(kills.filter(({ victim }) => victim !== 'importer').length).toBeGreaterThanOrEqual(3);
  });

  it(
    'L3, L9: satisfies fealty verify both times',
    async () => {
      const homes = [calm.home, killed.home];
      const verified = await Promise.all(homes.map((home) => fealtyEnds(home, ['verify'])));
      for (const { code, stdout } of verified) {
        expect(stdout).toContain('no difference');
        expect(code).toBe(0);
      }
    },
    2 * MINUTES,
  );
});
