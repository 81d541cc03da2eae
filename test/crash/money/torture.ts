/** The torture of money: many clients, cut connections, kills, and one journal of it all. */
import { join } from 'node:path';
import { drawsOf } from '../../support/purchases.js';
import { Client, type Tally } from './client.js';
import { Journal } from './journal.js';
import { drawKills, haunt, type Kill } from './nemesis.js';
import { Shoppers } from './operations.js';
import type { Site } from './site.js';

export interface Task {
  seed: number;
  operations: number;
  kills: number;
  say: (line: string) => void;
}

export interface Report {
  journal: string;
  kills: readonly Kill[];
  killed: number;
  seconds: number;
  tally: Tally;
}

const CLIENTS = 48;

/** A client through the proxies of a site, which sends each request to either server. */
export function clientOf(site: Site, seed: number): Client {
  const ports = site.proxies.map(({ port }) => port);
  return new Client(ports, site.credentials, drawsOf(seed));
}

export async function torture(site: Site, { seed, operations, kills, say }: Task): Promise<Report> {
  const path = join(site.home, 'journal.ndjson');
  const journal = await Journal.create(path);
  const drawn = drawKills(drawsOf(seed + 1), kills);
  const now = Date.now();
  const shoppers = new Shoppers(seed, site.members, site.callers, { operations, now });
  const client = clientOf(site, seed + 2);
  let [asked, acknowledged, clients] = [0, 0, CLIENTS];
  const shop = async (): Promise<void> => {
    while (asked < operations) {
      const wanted = shoppers.next().slice(0, operations - asked);
      asked += wanted.length;
      await journal.note(...wanted);
      const told = await client.settle(wanted);
      await journal.note(...told);
      acknowledged += told.length;
      told.forEach((answer, index) => {
        const operation = wanted[index];
        if (operation !== undefined) shoppers.learn(operation, answer);
      });
    }
  };
  const started = performance.now();
  try {
    const [killed] = await Promise.all([
      haunt(site, drawn, {
        progress: () => acknowledged / operations,
        isOver: () => clients === 0,
        say,
      }),
      ...Array.from({ length: CLIENTS }, () => shop().finally(() => (clients -= 1))),
    ]);
    const seconds = (performance.now() - started) / 1_000;
    return { journal: path, kills: drawn, killed, seconds, tally: client.tally };
  } finally {
    client.close();
    await journal.close();
  }
}
