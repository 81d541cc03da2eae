import { Api } from '../support/api.js';
import { drawsOf } from '../support/purchases.js';
import { deploy, type Deployment } from '../support/server.js';
import { race, type Race } from './race.js';
import { StartingLine } from './starting-line.js';

/** `npm run torture -- races` runs 10,000. */
const races = Number(process.env['RACES'] ?? 200);
const seed = Number(process.env['RACES_SEED'] ?? Math.floor(Math.random() * 1_000_000));
const LINES = 4;
const RUNNERS_MAX = 64;
const MINUTE_MS = 60_000;

describe(`${races} races for what one member has, over two servers`, () => {
  let deployment: Deployment;
  let run: Race[];

  beforeAll(
    async () => {
      process.stdout.write(`  RACES_SEED=${seed} RACES=${races}\n`);
      deployment = await deploy({ replicas: 2, env: { JOBS: 'off' } });
      const urls = deployment.servers.map(({ url }) => url);
      const { shop } = deployment.credentials;
      run = [];
      let number = 0;
      const lane = async (index: number): Promise<void> => {
        const draw = drawsOf(seed + index);
        const line = await StartingLine.at(urls, shop, RUNNERS_MAX);
        const api = new Api(urls[index % urls.length] ?? '', shop);
        while (number < races) {
          number += 1;
          run.push(await race(api, line, draw, `${seed}/${number}`));
        }
        line.close();
      };
      await Promise.all(Array.from({ length: LINES }, (_, index) => lane(index)));
    },
    MINUTE_MS + races * 1_000,
  );

  afterAll(async () => deployment.close());

  it('L3, C7: take no more than there was, no line or hold twice, and leave exact debts', () => {
    expect(run.flatMap(({ faults }) => faults)).toEqual([]);
    expect(run).toHaveLength(races);
  });

  it('had winners and losers of every kind', () => {
    const counts = new Map<string, number>();
    for (const outcome of run.flatMap(({ outcomes }) => outcomes)) {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    process.stdout.write(`  ${JSON.stringify(Object.fromEntries([...counts].sort()))}\n`);
    const kinds = ['piece', 'line', 'whole', 'hold', 'capture', 'release'];
    expect([...counts.keys()]).toEqual(
      expect.arrayContaining([
        ...kinds.map((kind) => `${kind} done`),
        ...['piece return_exceeds_purchase', 'whole nothing_left_to_return'],
        'hold insufficient_points',
      ]),
    );
    expect(Math.max(...run.map(({ runners }) => runners))).toBeGreaterThan(RUNNERS_MAX / 2);
  });

  it('left somebody in debt', async () => {
    const [row] = await deployment.sql<{ owing: number }>(
      'SELECT count(*)::int AS owing FROM accounts WHERE owed > 0',
    );
    expect(row?.owing).toBeGreaterThan(0);
  });

  it('L3, L9: leave a ledger without a difference, and servers without a complaint', async () => {
    expect((await deployment.verify()).differences).toEqual([]);
    expect(deployment.complaints()).toBe('');
  });
});
