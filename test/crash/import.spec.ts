import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import { layFoundation } from '../../src/cli/foundation.launcher.js';
import { MembersService } from '../../src/members/members.service.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { aProgrammeDocument } from '../support/programme.js';
import { drawPurchases } from './purchases.js';

const run = promisify(execFile);
const COUNT = Number(process.env['CRASH_PURCHASES'] ?? 50_000);
const SEED = Number(process.env['CRASH_SEED'] ?? 20_261);
const KILLS = 12;
const cli = 'dist/src/cli/fealty.js';

const categories = ['plants', 'garden', 'gifts'].map((code) => ({
  ...{ code, name: code, treatment: 'earns', desired: 'neutral', merchantCategoryCodes: [] },
}));
const earningRules = [
  { kind: 'per_amount', id: 'base', name: 'Base', rate: '0.333333' },
  { kind: 'per_amount', id: 'more', name: 'Plants', rate: '1.1', categories: ['plants'] },
  {
    ...{ kind: 'per_purchase', id: 'visit', name: 'Visit', points: 7, minimumAmount: 2_000 },
    ...{ cap: { period: 'week', points: 20 }, coolDownHours: 6 },
  },
];
const tiers = [
  { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
  { code: 'silver', name: 'Silver', threshold: 500, multiplier: '1.25' },
];

interface Booked {
  card: string;
  reference: string;
  seq: number;
  billionths: string;
  points: string;
  explanation: string;
}

/** One data folder with an embedded PostgreSQL of its own, durable as in production. */
class Place {
  constructor(
    readonly folder: string,
    readonly file: string,
  ) {}

  private environment(): Record<string, string> {
    return { DATA_DIR: this.folder, LOG_LEVEL: 'fatal', PATH: process.env['PATH'] ?? '' };
  }

  /** Runs work with the engine in this process, then lets the database stop. */
  async withEngine<T>(
    work: (get: <S>(type: new (...args: never[]) => S) => S, sql: DataSource) => Promise<T>,
  ): Promise<T> {
    const settings = parseSettings({ ...this.environment(), JOBS: 'off' });
    const foundation = await layFoundation(settings, { migrate: true, log: () => undefined });
    try {
      const app = await NestFactory.createApplicationContext(AppModule.on(foundation), {
        logger: false,
        abortOnError: false,
      });
      try {
        return await work((type) => app.get(type), app.get(DataSource));
      } finally {
        await app.close();
      }
    } finally {
      await foundation.close();
    }
  }

  async prepare(cards: readonly string[]): Promise<void> {
    await this.withEngine(async (get) => {
      await get(ProgrammesService).publish(
        aProgrammeDocument({
          ...{ categories, earningRules, tiers, rewards: [], purchasesBeforeEnrolment: true },
          lateEvents: { windowDays: 3_660, older: 'flag' },
        } as never),
        { effectiveAt: '2025-12-01T00:00:00Z', by: 'test' },
      );
      const consent = {
        ...({ textVersion: '1', act: 'said_yes', channel: 'store' } as const),
        at: '2026-01-01T00:00:00Z',
      };
      for (const card of cards) await get(MembersService).enrol({ card, consent }, 'r/shop');
    });
  }

  start(): { process: ChildProcess; ended: Promise<number | string | null> } {
    const child = spawn('node', [cli, 'import', this.file, '--retailer', 'shop'], {
      env: this.environment(),
      stdio: 'ignore',
    });
    const ended = new Promise<number | string | null>((resolve) => {
      child.on('exit', (code, signal) => {
        resolve(code ?? signal);
      });
    });
    return { process: child, ended };
  }

  /** Part of the file whose groups are known to be committed. */
  async progress(): Promise<number> {
    const text = await readFile(`${this.file}.resume`, 'utf8').catch(() => '{"bytes":0}');
    const { bytes } = JSON.parse(text) as { bytes: number };
    return bytes / (await stat(this.file)).size;
  }

  async killDatabase(): Promise<void> {
    const [pid] = (await readFile(join(this.folder, 'pgdata', 'postmaster.pid'), 'utf8')).split(
      '\n',
    );
    process.kill(Number(pid), 'SIGKILL');
  }

  async booked(): Promise<Booked[]> {
    return this.withEngine((_, sql) =>
      sql.query<Booked[]>(
        `SELECT s.card_number AS card, u.reference, p.seq, p.billionths, p.points_after AS points,
                p.explanation::text AS explanation
           FROM postings p
           JOIN purchases u USING (bucket, member_id, seq)
           JOIN persons s USING (bucket, member_id)
          ORDER BY s.card_number, p.seq`,
      ),
    );
  }

  async verify(): Promise<string> {
    return (await run('node', [cli, 'verify'], { env: this.environment() })).stdout;
  }

  async errors(): Promise<string[]> {
    const text = await readFile(`${this.file}.errors.ndjson`, 'utf8');
    return text.trim().split('\n').sort();
  }
}

describe('an import that is killed', () => {
  let folder = '';
  let calm: Place;
  let killed: Place;
  const kills: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fealty-crash-'));
    // Run by root, PostgreSQL works as another user, who must be able to enter.
    await chmod(folder, 0o755);
    const { lines, cards } = drawPurchases(COUNT, 400, SEED);
    const places = await Promise.all(
      ['calm', 'killed'].map(async (name) => {
        await mkdir(join(folder, name));
        const place = new Place(join(folder, name), join(folder, `${name}.ndjson`));
        await writeFile(place.file, `${lines.join('\n')}\n`);
        return place;
      }),
    );
    [calm, killed] = places as [Place, Place];
    for (const place of places) await place.prepare(cards);
    expect(await calm.start().ended).toBe(1);
    for (;;) {
      const importing = killed.start();
      if (kills.length < KILLS) await strike(killed, importing);
      const ended = await importing.ended;
      if (ended === 1 && kills.length >= KILLS) break;
      // A killed importer has no exit code; one that lost its database says so with 3.
      expect(['SIGKILL', 3]).toContain(ended);
    }
  }, 600_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** Waits for the next mark between 10 and 90 %, then kills the importer or the database. */
  async function strike(place: Place, importing: ReturnType<Place['start']>): Promise<void> {
    const mark = 0.1 + (0.75 * kills.length) / KILLS;
    const over = importing.ended.then(() => true);
    while ((await place.progress()) < mark) {
      if (await Promise.race([over, pause(5, false)])) return;
    }
    const isDatabase = kills.length % 4 === 3;
    if (isDatabase) await place.killDatabase();
    else importing.process.kill('SIGKILL');
    kills.push(`${isDatabase ? 'database' : 'importer'} at ${(await place.progress()).toFixed(2)}`);
  }

  it('K3: was killed at least ten times, three of them the database', () => {
    expect(kills.length).toBeGreaterThanOrEqual(10);
    expect(kills.filter((kill) => kill.startsWith('database')).length).toBeGreaterThanOrEqual(3);
  });

  it('K3, L5: ends in the same postings, points and explanations as one that was left alone', async () => {
    const [left, right] = [await calm.booked(), await killed.booked()];
    const refused = Math.floor(COUNT / 997);
    expect(left).toHaveLength(COUNT - refused);
    expect(right).toEqual(left);
  });

  it('K3: keeps each refused line once', async () => {
    expect(await killed.errors()).toEqual(await calm.errors());
  });

  it('L3, L9: leaves a ledger without a difference', async () => {
    expect(await calm.verify()).toContain('no difference');
    expect(await killed.verify()).toContain('no difference');
  });

  it('K3: books nothing when it is run again', async () => {
    const before = await killed.booked();
    expect(await killed.start().ended).toBe(1);
    expect(await killed.booked()).toEqual(before);
  });
});
