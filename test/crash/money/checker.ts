/** Compares what the journal says with what the ledger and the API say. */
import { publicId } from '../../../src/ledger/address.js';
import type { BalanceView } from '../../../src/statements/statements.views.js';
import { expected } from '../../support/api.js';
import type { Client } from './client.js';
import type { Expectation, Figures } from './expectation.js';
import type { Asked, Kind, Told } from './journal.js';
import type { Site } from './site.js';

export interface Verdict {
  /** Acknowledged, but not in the ledger as acknowledged. */
  lost: string[];
  /** In the ledger more than once. */
  doubled: string[];
  /** In the ledger, but not in the journal. */
  unasked: string[];
  /** Members whose balance, entries, lots and recomputation are not the same. */
  unequal: string[];
}

interface PostingRow {
  member: string;
  seq: number;
  kind: string;
  caller: string;
  operation: string;
  key: string | null;
  subject: number | null;
}

const AT_ONCE = 16;

const postings = `
  SELECT member_id AS member, seq, kind, caller, operation, idem_key AS key,
         subject_seq AS subject
    FROM postings ORDER BY member_id, seq`;

/** Operation and kind of the posting that answers. */
const answers: Readonly<Record<Kind, readonly [operation: string, kind: string]>> = {
  purchase: ['purchase', 'accrue'],
  line: ['purchase', 'accrue'],
  return: ['return', 'return'],
  exchange: ['return', 'accrue'],
  hold: ['hold', 'hold'],
  capture: ['capture', 'redeem'],
  release: ['release', 'release'],
  adjust: ['adjust', 'adjust'],
};

export async function judge(site: Site, expectation: Expectation): Promise<Verdict> {
  const rows = await site.sql<PostingRow>(postings);
  const verdict: Verdict = { lost: [], doubled: [], unasked: [], unequal: [] };
  const byKey = new Map<string, PostingRow>();
  for (const row of rows) {
    if (row.key === null) continue;
    const asked = expectation.asked.get(row.key);
    if (byKey.has(row.key)) verdict.doubled.push(row.key);
    if (asked === undefined || !isAnswer(row, asked)) verdict.unasked.push(nameOf(row));
    byKey.set(row.key, row);
  }
  verdict.unasked.push(...strays(rows));
  for (const [key, told] of expectation.told) {
    const asked = expectation.asked.get(key);
    const fault = asked === undefined ? 'not asked' : faultOf(asked, told, byKey.get(key));
    if (fault !== undefined) verdict.lost.push(`${key}: ${fault}`);
  }
  verdict.unequal = await unequal(site, expectation.figures());
  return verdict;
}

const nameOf = ({ member, seq, kind, key }: PostingRow): string =>
  `${member}/${seq} ${kind} ${key ?? 'without a key'}`;

function isAnswer(row: PostingRow, { kind, caller, member }: Asked): boolean {
  const [operation, answer] = answers[kind];
  return (
    row.operation === operation &&
    row.caller === caller &&
    row.member === member &&
    (row.kind === answer || row.kind === 'refused')
  );
}

/** Corrections, and the returns of exchanges: they go with the member's next posting with a key. */
function strays(rows: readonly PostingRow[]): string[] {
  const found: string[] = [];
  let answer: PostingRow | undefined;
  for (const row of rows.toReversed()) {
    if (row.key !== null) {
      answer = row;
      continue;
    }
    const isOurs = answer?.member === row.member;
    const isCorrection = row.kind === 'correct' && correcting.has(answer?.operation ?? '');
    const isExchanged =
      row.kind === 'return' && answer?.operation === 'return' && answer.subject === row.seq;
    if (!isOurs || !(isCorrection || isExchanged)) found.push(nameOf(row));
  }
  return found;
}

const correcting = new Set(['purchase', 'return']);

/** What is wrong with the posting of an answer. */
function faultOf(asked: Asked, told: Told, row: PostingRow | undefined): string | undefined {
  if (told.isFault) return row === undefined ? undefined : 'booked although it was refused';
  if (row === undefined) return 'not in the ledger';
  if (told.status >= 400) return row.kind === 'refused' ? undefined : `is a ${row.kind}`;
  const { facts } = told;
  const { member, seq } = row;
  const ids = {
    posting: facts.posting,
    hold: asked.kind === 'hold' ? facts.id : undefined,
    subject: asked.kind === 'capture' || asked.kind === 'release' ? facts.id : undefined,
  };
  const isExchange = asked.kind === 'exchange';
  const own = isExchange ? facts.exchange?.posting : ids.posting;
  if (own !== undefined && own !== publicId('pst', { memberId: member, seq })) return 'elsewhere';
  if (isExchange && ids.posting !== publicId('pst', { memberId: member, seq: row.subject ?? 0 })) {
    return 'an exchange of another return';
  }
  if (ids.hold !== undefined && ids.hold !== publicId('rdm', { memberId: member, seq })) {
    return 'another hold';
  }
  const subject = publicId('rdm', { memberId: member, seq: row.subject ?? 0 });
  if (ids.subject !== undefined && ids.subject !== subject) return 'the end of another hold';
  return undefined;
}

interface LedgerFigures {
  member: string;
  points: string;
  held: string;
  owed: string;
  remainder: string;
  qualifying: string;
  entryPoints: string;
  entryHeld: string;
  entryOwed: string;
  lotPoints: string;
  lotHeld: string;
}

const moved = (code: string): string =>
  `coalesce(sum(amount) FILTER (WHERE credit = '${code}'), 0) -
   coalesce(sum(amount) FILTER (WHERE debit = '${code}'), 0)`;

const figures = `
  SELECT a.member_id AS member, a.points, a.held, a.owed, a.remainder, a.qualifying,
         coalesce(e.points, 0) AS "entryPoints", coalesce(e.held, 0) AS "entryHeld",
         coalesce(-e.owed, 0) AS "entryOwed",
         coalesce(l.points, 0) AS "lotPoints", coalesce(l.held, 0) AS "lotHeld"
    FROM accounts a
    LEFT JOIN (SELECT bucket, member_id, ${moved('points')} AS points, ${moved('held')} AS held,
                      ${moved('owed')} AS owed
                 FROM entries GROUP BY bucket, member_id) e USING (bucket, member_id)
    LEFT JOIN (SELECT bucket, member_id, sum(remaining - held) AS points, sum(held) AS held
                 FROM lots GROUP BY bucket, member_id) l USING (bucket, member_id)`;

/** Balance as the API tells it, account, entries, lots and recomputation: all the same. */
async function unequal(site: Site, should: ReadonlyMap<string, Figures>): Promise<string[]> {
  const api = site.api('r/shop');
  const found: string[] = [];
  const rows = await site.sql<LedgerFigures>(figures);
  if (rows.length !== site.members.length) found.push(`${rows.length} accounts`);
  const none: Figures = { worth: 0n, held: 0, carried: 0n, exact: 0n };
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const some = rows.slice(start, start + AT_ONCE);
    await Promise.all(
      some.map(async (row) => {
        const answer = await api.get<BalanceView>(`/v1/members/${row.member}/balance`);
        const wanted = should.get(row.member) ?? none;
        found.push(...differences(row, expected(answer, 200), wanted));
      }),
    );
  }
  return found;
}

function differences(row: LedgerFigures, balance: BalanceView, should: Figures): string[] {
  const { available, pending } = balance;
  const worth = BigInt(row.points) + BigInt(row.held) - BigInt(row.owed);
  const pairs: [string, unknown, unknown][] = [
    ['points of entries', row.entryPoints, row.points],
    ['held of entries', row.entryHeld, row.held],
    ['owed of entries', row.entryOwed, row.owed],
    ['points of lots', row.lotPoints, row.points],
    ['held of lots', row.lotHeld, row.held],
    ['points of the API', available + pending, row.points],
    ['held of the API', balance.held, row.held],
    ['owed of the API', balance.owed, row.owed],
    ['points less debts', worth, should.worth],
    ['held', row.held, should.held],
    ['carried', row.remainder, should.carried],
    ['qualifying', row.qualifying, should.exact],
  ];
  return pairs
    .filter(([, one, other]) => String(one) !== String(other))
    .map(([what, one, other]) => `${row.member} ${what}: ${String(one)}, not ${String(other)}`);
}

/** Sends some keys again; the differences from their first answers. */
export async function sendAgain(
  client: Client,
  expectation: Expectation,
  count: number,
): Promise<{ asked: number; differences: string[] }> {
  const kept = [...expectation.told.values()].filter(({ isFault }) => !isFault);
  const every = Math.max(1, Math.floor(kept.length / count));
  const sample = kept.filter((_, index) => index % every === 0);
  const differences: string[] = [];
  for (let start = 0; start < sample.length; start += AT_ONCE) {
    await Promise.all(
      sample.slice(start, start + AT_ONCE).map(async (first) => {
        const asked = expectation.asked.get(first.key);
        let again = asked === undefined ? undefined : await client.again(asked);
        // The connection may be cut again.
        while (asked !== undefined && again === undefined) again = await client.again(asked);
        const { told } = again ?? {};
        if (told?.status !== first.status || told.digest !== first.digest) {
          differences.push(`${first.key}: ${first.status}, then ${String(told?.status)}`);
        }
      }),
    );
  }
  return { asked: sample.length, differences };
}
