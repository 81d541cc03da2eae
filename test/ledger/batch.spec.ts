import { randomUUID } from 'node:crypto';
import { answerOf, type Command, type Posted, type RowWriter } from '../../src/ledger/command.js';
import { aProgramme } from '../support/programme.js';
import {
  capture,
  hold,
  inOneBatch,
  outcomeOf,
  purchase,
  release,
  startEngine,
  type Engine,
} from './engine.js';

let engine: Engine;
let clerk: string;

beforeAll(async () => {
  engine = await startEngine();
  clerk = await engine.enrol();
});
afterAll(() => engine.close());
afterEach(async () => expect((await engine.verify.verify()).differences).toEqual([]));

const batch = (...commands: Command[]): Promise<PromiseSettledResult<Posted>[]> =>
  inOneBatch(engine, purchase(clerk, 100), commands);

async function enrolled(count: number): Promise<string[]> {
  const members: string[] = [];
  for (let index = 0; index < count; index += 1) members.push(await engine.enrol());
  return members;
}

async function count(table: string, where = 'true', values: unknown[] = []): Promise<number> {
  const query = `SELECT count(*)::int AS n FROM ${table} WHERE ${where}`;
  const [row] = await engine.rows<{ n: number }>(query, values);
  return row?.n ?? -1;
}
const postingsOf = (member: string): Promise<number> =>
  count('postings', 'member_id = $1', [member]);
const keyOf = (key: string): Promise<number> => count('request_keys', 'idem_key = $1', [key]);
const referencesOf = (member: string): Promise<number> =>
  count('purchase_references', 'member_id = $1', [member]);

/** The transactions that wrote the postings of some members. */
async function transactionsOf(members: readonly string[]): Promise<number> {
  const rows = await engine.rows(
    'SELECT DISTINCT xmin::text FROM postings WHERE member_id = ANY ($1::uuid[])',
    [members],
  );
  return rows.length;
}

const failing: RowWriter<never> = {
  write: (tx) => tx.query({ name: 'poison', text: 'SELECT 1 / 0', values: [] }),
};

/** A command whose own rows cannot be written, which fails the transaction it is in. */
function poisonous(command: Command): Command {
  return {
    ...command,
    decide: (state, moment) => ({
      ...command.decide(state, moment),
      owned: [{ writer: failing, rows: [{}] }],
    }),
  };
}

describe('a batch', () => {
  it('L7: of ten members is one transaction', async () => {
    const members = await enrolled(10);
    const results = await batch(...members.map((member) => purchase(member, 3_000)));
    expect(new Set(results.map(outcomeOf))).toEqual(new Set(['posted']));
    expect(await transactionsOf(members)).toBe(1);
  });

  it('L9: of ten purchases of one member decides each on what the one before left', async () => {
    const [member = ''] = await enrolled(1);
    const results = await batch(...Array.from({ length: 10 }, () => purchase(member, 2_099)));
    const postings = results.map((each) => each.status === 'fulfilled' && answerOf(each.value));
    expect(postings.map((each) => each && each.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // 20.99 points each, and the bonus of a visit once: 229.9 in all.
    const last = postings.at(-1);
    expect(last && last.after).toMatchObject({ points: 229, remainder: 900_000_000n });
    expect(await transactionsOf([member])).toBe(1);
  });

  it('L7: with a poisonous command in any place books all its neighbours, once each', async () => {
    for (const place of [0, 2, 4]) {
      const members = await enrolled(5);
      const keys = members.map(() => randomUUID());
      const commands = members.map((member, index) =>
        purchase(member, 3_000, { key: keys[index] ?? '', reference: `poison-${member}` }),
      );
      const poison = commands[place];
      if (poison !== undefined) commands[place] = poisonous(poison);
      const outcomes = (await batch(...commands)).map(outcomeOf);
      const expected = members.map((_, at) => (at === place ? 'division by zero' : 'posted'));
      expect(outcomes).toEqual(expected);
      for (const [index, member] of members.entries()) {
        const left = [
          await postingsOf(member),
          await keyOf(keys[index] ?? ''),
          await referencesOf(member),
        ];
        expect(left).toEqual(index === place ? [0, 0, 0] : [1, 1, 1]);
      }
    }
  });

  it('L7: whose command is poisonous for the member of a neighbour books the neighbour', async () => {
    const [member = ''] = await enrolled(1);
    const results = await batch(
      purchase(member, 100),
      poisonous(purchase(member, 200)),
      purchase(member, 400),
    );
    expect(results.map(outcomeOf)).toEqual(['posted', 'division by zero', 'posted']);
    expect(await postingsOf(member)).toBe(2);
  });

  it('L7: in which one decide throws tells only that one, and gives its key back', async () => {
    const [one = '', other = ''] = await enrolled(2);
    const key = randomUUID();
    const wrong: Command = {
      ...purchase(one, 100, { key, reference: 'thrown' }),
      decide: () => {
        throw new Error('no such thing');
      },
    };
    const results = await batch(wrong, purchase(other, 100), purchase(one, 100));
    expect(results.map(outcomeOf)).toEqual(['no such thing', 'posted', 'posted']);
    expect([await keyOf(key), await referencesOf(one)]).toEqual([0, 0]);
    const again = await batch(purchase(one, 100, { key, reference: 'thrown' }));
    expect(again.map(outcomeOf)).toEqual(['posted']);
  });

  it('L7: in which one cannot tell its needs tells only that one', async () => {
    const [one = '', other = ''] = await enrolled(2);
    const wrong: Command = {
      ...purchase(one, 100),
      needs: () => {
        throw new Error('needs what');
      },
    };
    const results = await batch(purchase(other, 100), wrong);
    expect(results.map(outcomeOf)).toEqual(['posted', 'needs what']);
  });

  it('L7: that names an unknown member books the others and gives the key back', async () => {
    const [member = ''] = await enrolled(1);
    const key = randomUUID();
    const stranger = purchase(randomUUID(), 100, { key, reference: 'stranger' });
    const results = await batch(purchase(member, 100), stranger, purchase(member, 100));
    expect(results.map(outcomeOf)).toEqual(['posted', 'unknown_member', 'posted']);
    expect(await keyOf(key)).toBe(0);
    expect(await count('purchase_references', 'member_id = $1', [stranger.memberIds[0]])).toBe(0);
  });

  it('L2: writes each account once, however many of its commands there are', async () => {
    const members = await enrolled(3);
    await engine.admin.query(`
      CREATE TABLE seen (member_id uuid, transaction text);
      CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        INSERT INTO public.seen VALUES (NEW.member_id, pg_current_xact_id()::text); RETURN NULL; END $$;
      CREATE TRIGGER seen AFTER UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION see()`);
    try {
      const commands = members.flatMap((member) => [
        purchase(member, 9_000),
        hold(member),
        capture(member, 2),
        purchase(member, 9_000),
        hold(member),
        release(member, 5),
      ]);
      expect(new Set((await batch(...commands)).map(outcomeOf))).toEqual(new Set(['posted']));
      const seen = await engine.rows<{ member_id: string; n: number }>(
        'SELECT member_id, count(*)::int AS n FROM seen GROUP BY member_id, transaction',
      );
      expect(seen.map(({ member_id, n }) => [member_id, n]).sort()).toEqual(
        members.map((member) => [member, 1]).sort(),
      );
      expect(await transactionsOf(members)).toBe(1);
      expect(await count('postings', 'member_id = ANY ($1::uuid[])', [members])).toBe(18);
    } finally {
      await engine.admin.query('DROP TABLE seen; DROP FUNCTION see CASCADE');
    }
  });
});

describe('keys and references', () => {
  it('L5: the same key twice at once is one posting, and the second is told the first', async () => {
    const [member = ''] = await enrolled(1);
    const asked = { key: randomUUID(), reference: 'twice' };
    const results = await batch(purchase(member, 100, asked), purchase(member, 100, asked));
    expect(results.map(outcomeOf)).toEqual(['posted', 'replayed']);
    const [first, second] = results.map((each) =>
      each.status === 'fulfilled' ? answerOf(each.value) : undefined,
    );
    expect(second).toEqual(first);
    expect([await postingsOf(member), await referencesOf(member)]).toEqual([1, 1]);
  });

  it('L5: a key with another body is refused, at once and for ever', async () => {
    const [member = ''] = await enrolled(1);
    const key = randomUUID();
    const other = { key, body: 'other', reference: 'another body' };
    const together = await batch(purchase(member, 100, { key }), purchase(member, 200, other));
    expect(together.map(outcomeOf)).toEqual(['posted', 'idempotency_key_reused']);
    const later = await batch(purchase(member, 200, other), purchase(clerk, 200, other));
    expect(later.map(outcomeOf)).toEqual(['idempotency_key_reused', 'idempotency_key_reused']);
    expect([await postingsOf(member), await referencesOf(member)]).toEqual([1, 0]);
  });

  it('L5: a reference under two keys is booked once, whoever the members are', async () => {
    const [one = '', other = ''] = await enrolled(2);
    const reference = 'one receipt';
    const key = randomUUID();
    const results = await batch(
      purchase(one, 100, { reference }),
      purchase(other, 100, { reference, key }),
    );
    expect(results.map(outcomeOf)).toEqual(['posted', 'duplicate_reference']);
    expect([await postingsOf(one), await postingsOf(other), await keyOf(key)]).toEqual([1, 0, 0]);
  });

  it('L5: a refused purchase keeps its key and gives its reference back', async () => {
    const [member = ''] = await enrolled(1);
    const asked = { key: randomUUID(), reference: 'refused once' };
    const early = { ...asked, programme: aProgramme({}, { no: 1, effectiveAt: 4e12 }) };
    const [refused] = await batch(purchase(member, 100, early));
    expect(refused?.status === 'fulfilled' && answerOf(refused.value).kind).toBe('refused');
    expect([await keyOf(asked.key), await referencesOf(member)]).toEqual([1, 0]);
    // Neither a replay of the refusal nor another body under its key takes the reference.
    const again = await batch(
      purchase(member, 100, asked),
      purchase(member, 1, { ...asked, body: 'b' }),
    );
    expect(again.map(outcomeOf)).toEqual(['replayed', 'idempotency_key_reused']);
    expect(await referencesOf(member)).toBe(0);
    const anew = await batch(purchase(member, 100, { reference: asked.reference }));
    expect(anew.map(outcomeOf)).toEqual(['posted']);
    expect([await postingsOf(member), await referencesOf(member)]).toEqual([2, 1]);
  });

  it('L5: the same key for another operation or by another caller is another key', async () => {
    const [member = ''] = await enrolled(1);
    const key = randomUUID();
    const results = await batch(purchase(member, 9_000, { key }), hold(member, { key }), {
      ...purchase(member, 100, { key }),
      caller: 'r/other',
    });
    expect(results.map(outcomeOf)).toEqual(['posted', 'posted', 'posted']);
    expect(await keyOf(key)).toBe(3);
  });
});

describe('dry runs', () => {
  const tables = ['accounts', 'postings', 'entries', 'lots', 'counters', 'outbox', 'request_keys'];
  tables.push('purchase_references', 'redemptions', 'standings', 'due', 'purchases');

  async function everything(): Promise<unknown> {
    const contents: unknown[] = [];
    for (const table of tables) {
      contents.push(await engine.rows(`SELECT t::text, xmin::text FROM ${table} t ORDER BY 1`));
    }
    return contents;
  }

  it('L4: tell what would happen and write nothing, not even a new version of a row', async () => {
    const [member = ''] = await enrolled(1);
    await batch(purchase(member, 9_000));
    const before = await everything();
    const dryRun = true;
    const results = await batch(
      purchase(member, 80_000, { dryRun, reference: 'dry' }),
      hold(member, { dryRun }),
      { ...purchase(member, 100, { key: 'dry-key' }), dryRun },
    );
    expect(results.map(outcomeOf)).toEqual(['posted', 'posted', 'posted']);
    expect(await everything()).toEqual(before);
  });

  it('L4: say exactly what is then booked', async () => {
    const [member = ''] = await enrolled(1);
    const asked = { reference: 'first tried' };
    const [dry] = await batch(purchase(member, 55_555, { ...asked, dryRun: true }));
    const [real] = await batch(purchase(member, 55_555, asked));
    const [tried, booked] = [dry, real].map((each) => {
      if (each?.status !== 'fulfilled') throw new Error('Both are answered.');
      const { seq, kind, billionths, after, explanation } = answerOf(each.value);
      return { seq, kind, billionths, after, explanation };
    });
    expect(tried).toEqual(booked);
  });

  it('L4: beside bookings of the same member see them and leave them alone', async () => {
    const [member = ''] = await enrolled(1);
    const results = await batch(
      purchase(member, 1_000),
      purchase(member, 1_000, { dryRun: true }),
      purchase(member, 1_000),
    );
    const points = results.map((each) =>
      each.status === 'fulfilled' ? answerOf(each.value).after.points : -1,
    );
    expect(points).toEqual([10, 20, 20]);
    expect(await postingsOf(member)).toBe(2);
  });
});

describe('large figures', () => {
  it('R1: a member who accrues 5,000,000,000 points twice has 10,000,000,000', async () => {
    const [member = ''] = await enrolled(1);
    const earningRules = [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' } as const];
    const tiers = [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }];
    const programme = aProgramme({ earningRules, tiers, rewards: [], returnWindowDays: 0 });
    const large = (): Command => purchase(member, 500_000_000_000, { programme });
    expect((await batch(large())).map(outcomeOf)).toEqual(['posted']);
    const [second] = await batch(large());
    expect(second?.status === 'rejected' ? second.reason : 'posted').toBe('posted');
    expect(
      (await engine.rows('SELECT points FROM accounts WHERE member_id = $1', [member]))[0],
    ).toEqual({ points: '10000000000' });
  });
});
