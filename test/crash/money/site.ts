/** Two servers on one embedded database, each behind a proxy, with retailers, staff and members. */
import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { KeysService } from '../../../src/access/keys.service.js';
import { UsersService } from '../../../src/access/users.service.js';
import { AppModule } from '../../../src/app.module.js';
import { Secrets } from '../../../src/platform/config/secrets.js';
import { parseSettings } from '../../../src/platform/config/settings.js';
import { migrate } from '../../../src/platform/database/migrate.js';
import {
  startEmbedded,
  type EmbeddedDatabase,
} from '../../../src/platform/embedded/embedded.launcher.js';
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import { ProgrammesService } from '../../../src/programmes/programmes.service.js';
import { Api } from '../../support/api.js';
import { postmasterPid, temporaryFolder } from '../../support/embedded.js';
import { apiProgramme, secrets, startServer, type RunningServer } from '../../support/server.js';
import { Proxy } from './proxy.js';

export type Victim = 'server' | 'database' | 'both';

const SERVERS = 2;
const ENROL_AT_ONCE = 32;
const AWAY_MS_MAX = 500;
const retailers = [
  ['shop', 'own'],
  ['corner', 'partner'],
  ['market', 'franchise'],
] as const;
const STAFF = 3;

/** Exact fractions on every purchase, and holds that outlive the longest torture. */
function moneyProgramme(): ProgrammeDocument {
  const [value, most] = [{ amount: 250, currency: 'GBP' }, 1_000_000_000];
  return apiProgramme({
    earningRules: [
      { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1.0307' },
      { kind: 'per_amount', id: 'garden', name: 'On plants', rate: '2.5', categories: ['garden'] },
    ],
    tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    rewards: [
      { code: 'voucher', name: 'Voucher', points: 500, value },
      { code: 'mug', name: 'Mug', points: 300, value },
    ],
    redemption: { holdMinutes: 43_200 },
    staff: {
      reasons: [{ code: 'goodwill', name: 'Goodwill' }],
      ...{ perStaffPerDay: most, perMemberPerDay: most, fourEyesAbove: most },
    },
  });
}

export class Site {
  /** Bearer credentials by caller. */
  readonly credentials = new Map<string, string>();
  readonly proxies: Proxy[] = [];
  members: string[] = [];
  private kept = '';
  private readonly servers: RunningServer[] = [];

  private constructor(
    readonly home: string,
    private database: EmbeddedDatabase,
    private readonly draw: () => number,
  ) {}

  static async open(options: {
    members: number;
    draw: () => number;
    cutAfterMax: number;
  }): Promise<Site> {
    const { members, draw, cutAfterMax } = options;
    const home = await temporaryFolder();
    // With the settings of a first start: what is committed is on the disk.
    const site = new Site(home, await startEmbedded({ dataDir: home }), draw);
    try {
      const { ownerUrl, serverUrl } = site.database;
      await migrate({ ownerUrl, serverUrl });
      await site.populate();
      for (let index = 0; index < SERVERS; index++) {
        site.proxies.push(await Proxy.listen(draw, cutAfterMax));
      }
      await Promise.all(site.proxies.map((_, index) => site.serve(index)));
      await site.enrol(members);
      return site;
    } catch (error) {
      await site.close();
      throw error;
    }
  }

  get callers(): { retailers: string[]; staff: string[] } {
    const all = [...this.credentials.keys()];
    return {
      retailers: all.filter((caller) => caller.startsWith('r/')),
      staff: all.filter((caller) => caller.startsWith('u/')),
    };
  }

  /** Straight to a server that runs. */
  api(caller: string): Api {
    return new Api(this.servers[0]?.url ?? '', this.credentials.get(caller));
  }

  /** Kills with -9 at once, and starts again what was killed after a moment. */
  async kill(victim: Victim): Promise<void> {
    const index = Math.floor(this.draw() * SERVERS);
    const server = this.servers[index];
    if (victim !== 'server') process.kill(postmasterPid(this.home), 'SIGKILL');
    if (victim !== 'database') {
      await server?.kill();
      this.kept += server?.complaints() ?? '';
    }
    await pause(this.draw() * AWAY_MS_MAX);
    if (victim !== 'server') await this.startDatabase();
    if (victim !== 'database') await this.serve(index);
  }

  /** Rows as the administrator sees them. */
  async sql<Row extends object>(text: string): Promise<Row[]> {
    const url = Object.assign(new URL(this.database.adminUrl), { pathname: 'fealty' });
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** What any server has complained of. */
  complaints(): string {
    return [this.kept, ...this.servers.map((server) => server.complaints())].join('');
  }

  async close(): Promise<void> {
    const stopped = await Promise.allSettled(this.servers.map((server) => server.stop()));
    for (const proxy of this.proxies) await proxy.close();
    await this.database.stop();
    for (const each of stopped) if (each.status === 'rejected') throw each.reason;
  }

  private async startDatabase(): Promise<void> {
    const { serverUrl } = this.database;
    this.database = await startEmbedded({ dataDir: this.home });
    if (this.database.serverUrl !== serverUrl) throw new Error('The database changed its port.');
  }

  private async serve(index: number): Promise<void> {
    const server = await startServer({ database: this.database });
    this.servers[index] = server;
    const proxy = this.proxies[index];
    if (proxy !== undefined) proxy.target = Number(new URL(server.url).port);
  }

  private async populate(): Promise<void> {
    const engine = await NestFactory.createApplicationContext(
      AppModule.on({
        settings: parseSettings({ LOG_LEVEL: 'error', AUDIT: 'off', JOBS: 'off' }),
        secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
        databaseUrl: this.database.serverUrl,
      }),
      { logger: false, abortOnError: false },
    );
    try {
      const effectiveAt = '2020-01-01T00:00:00Z';
      await engine.get(ProgrammesService).publish(moneyProgramme(), { effectiveAt, by: 'test' });
      for (const [retailer, retailerKind] of retailers) {
        const wanted = { retailer, retailerKind, scopes: ['all'], createdBy: 'test' };
        const { key } = await engine.get(KeysService).create(wanted);
        this.credentials.set(`r/${retailer}`, key);
      }
      for (let n = 0; n < STAFF; n++) {
        const wanted = { name: `Agent ${n}`, role: 'agent', createdBy: 'test' } as const;
        const { token, userId } = await engine.get(UsersService).create(wanted);
        this.credentials.set(`u/${userId}`, token);
      }
    } finally {
      await engine.close();
    }
  }

  private async enrol(count: number): Promise<void> {
    const shop = this.api('r/shop');
    while (this.members.length < count) {
      const some = Math.min(ENROL_AT_ONCE, count - this.members.length);
      const enrolled = await Promise.all(Array.from({ length: some }, () => shop.enrol()));
      this.members.push(...enrolled);
    }
  }
}
