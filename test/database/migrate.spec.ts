import pg from 'pg';
import { migrate } from '../../src/platform/database/migrate.js';
import { freshDatabase } from '../support/database.js';

const STARTS = 5;

/** Tables that the serving role may not read at this instant. */
const withheld = `
  SELECT c.relname FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
     AND NOT has_table_privilege(c.oid, 'SELECT')`;

describe('a replica that starts on a migrated database', () => {
  it('takes no right from those that serve, not even for a moment', async () => {
    const database = await freshDatabase();
    const serving = new pg.Client({ connectionString: database.serverUrl });
    await serving.connect();
    try {
      const missed: object[] = [];
      let looks = 0;
      for (let start = 0; start < STARTS; start++) {
        const state = { starting: true };
        const started = migrate(database).finally(() => (state.starting = false));
        for (; state.starting; looks++) {
          missed.push(...(await serving.query<{ relname: string }>(withheld)).rows);
        }
        await started;
      }
      expect(looks).toBeGreaterThan(STARTS);
      expect(missed).toEqual([]);
    } finally {
      await serving.end();
      await database.drop();
    }
  });
});
