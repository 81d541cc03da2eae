import type { INestApplicationContext } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { KeysService } from '../../access/keys.service.js';
import { BulkService, type BulkAnswer } from '../../accrual/bulk/bulk.service.js';
import { BalancesService } from '../../ledger/balances.service.js';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import { VerifyService, type Verification } from '../../ledger/verify.service.js';
import { MembersService } from '../../members/members.service.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { programmeFor } from '../../programmes/decide.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { ProgrammesService } from '../../programmes/programmes.service.js';
import { standingView } from '../../tiers/standing.js';
import { tillOf } from '../import/till.js';
import { Progress } from '../progress.writer.js';
import { Bought } from './cancellations.js';
import { cancellationsIn, purchasesIn, type Survey } from './online-retail.reader.js';
import type { Expected } from './recomputation.js';
import { recompute } from './recomputation.reader.js';
import { returnAll, type ReturnsReport } from './returns.launcher.js';
import { trialProgramme } from './trial-programme.js';

export interface TrialReport {
  enrolled: number;
  booked: number;
  replayed: number;
  /** Refused purchases by the code of their refusal. */
  refused: Map<string, number>;
  returns: ReturnsReport;
  /** Points of all customers, as recomputed. */
  points: bigint;
  /** One line for each figure in which the ledger and the recomputation differ. */
  differences: string[];
  verification: Verification;
}

const RETAILER = 'public-data';
const DAY_MS = 86_400_000;
/** Purchases submitted together; the next ones follow when all of these are committed. */
const GROUP = 500;
const MEMBERS_AT_ONCE = 8;

/** Publishes, enrols, imports, takes back and compares. Each step finds what an earlier run has done. */
export async function runTrial(
  engine: INestApplicationContext,
  file: string,
  found: Survey,
): Promise<TrialReport> {
  const startsAt = new Date((found.startsAt ?? 0) - DAY_MS).toISOString();
  await prepare(engine, `trial-${found.digest}`, startsAt);
  const caller = tillOf(RETAILER, 'cli/trial');
  const { memberIds, enrolled } = await enrolAll(engine, found.customers, startsAt, caller);
  const cancellations = await cancellationsIn(file);
  const bought = new Bought(cancellations);
  const imported = await importAll(engine, file, { caller, bought, total: found.purchases });
  const returns = await returnAll(engine, cancellations, bought, caller);
  const expected = await recompute(file);
  const differences = await compare(engine, memberIds, expected);
  const verification = await engine.get(VerifyService).verify();
  const points = [...expected.values()].reduce((sum, each) => sum + each.points, 0n);
  if (verification.members !== expected.size || BigInt(verification.points) !== points) {
    const { members } = verification;
    differences.push(
      `all  booked ${verification.points} points of ${members} members, ` +
        `recomputed ${points} points of ${expected.size} customers`,
    );
  }
  return { enrolled, ...imported, returns, points, differences, verification };
}

/** One database holds the trial of one file: other purchases would make every comparison fail. */
async function prepare(
  engine: INestApplicationContext,
  code: string,
  effectiveAt: string,
): Promise<void> {
  const programmes = engine.get(ProgrammesService);
  const [newest] = await programmes.versions();
  if (newest !== undefined) {
    const { document } = await programmes.version(newest.no);
    if (document.identity.code === code) return;
    throw new Error(
      `The programme "${document.identity.code}" is published in this database. A trial wants a ` +
        'database of its own for each file: set DATA_DIR to a new folder, or DATABASE_URL to an ' +
        'empty database.',
    );
  }
  // Nobody needs the key itself, only the retailer it comes with.
  await engine.get(KeysService).create({
    retailer: RETAILER,
    retailerKind: 'own',
    retailerName: 'Public data',
    createdBy: 'cli',
  });
  await programmes.publish(trialProgramme(code), { effectiveAt, by: 'cli' });
}

async function enrolAll(
  engine: INestApplicationContext,
  customers: ReadonlySet<string>,
  consentAt: string,
  caller: Caller,
): Promise<{ memberIds: Map<string, string>; enrolled: number }> {
  const members = engine.get(MembersService);
  // It is the trial's operator who states that the customers of the file opted in.
  const consent = {
    textVersion: 'trial-statement-1',
    act: 'said_yes',
    channel: 'post',
    at: consentAt,
  } as const;
  const memberIds = new Map<string, string>();
  let enrolled = 0;
  const progress = new Progress('enrolling', customers.size, 'customers');
  await severalAtOnce([...customers], async (card) => {
    const known = await members.resolve({ card }, caller).catch((error: unknown) => {
      if (error instanceof DomainError && error.code === 'unknown_member') return undefined;
      throw error;
    });
    if (known === undefined) enrolled += 1;
    const id = known ?? (await members.enrol({ card, consent }, `r/${RETAILER}`)).id;
    memberIds.set(card, id);
    progress.update(memberIds.size);
  });
  progress.stop();
  return { memberIds, enrolled };
}

type Imported = Pick<TrialReport, 'booked' | 'replayed' | 'refused'>;

async function importAll(
  engine: INestApplicationContext,
  file: string,
  { caller, bought, total }: { caller: Caller; bought: Bought; total: number },
): Promise<Imported> {
  const bulk = engine.get(BulkService);
  const scope = { caller, requestId: 'trial' };
  const imported: Imported = { booked: 0, replayed: 0, refused: new Map() };
  const progress = new Progress('importing', total, 'purchases');
  let done = 0;
  const submit = async (texts: readonly string[]): Promise<void> => {
    const { answers } = await bulk.begin(texts, done + 1, scope);
    for (const answer of await answers) count(imported, answer);
    done += texts.length;
    progress.update(done);
  };
  let group: string[] = [];
  for await (const purchase of purchasesIn(file)) {
    bought.add(purchase);
    group.push(purchase.text);
    if (group.length < GROUP) continue;
    await submit(group);
    group = [];
  }
  if (group.length > 0) await submit(group);
  progress.stop();
  return imported;
}

function count(imported: Imported, { problem, replayed }: BulkAnswer): void {
  if (problem?.code === 'unavailable' || problem?.code === 'internal_error') {
    throw new DomainError('unavailable', 'The database went away. Run the same command to go on.');
  }
  if (problem !== undefined) {
    imported.refused.set(problem.code, (imported.refused.get(problem.code) ?? 0) + 1);
  } else if (replayed === true) imported.replayed += 1;
  else imported.booked += 1;
}

/** Points as members see them, from lots and holds, with the fraction and the tier beside them. */
async function compare(
  engine: INestApplicationContext,
  memberIds: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, Expected>,
): Promise<string[]> {
  const ledger = engine.get(LedgerQueries);
  const balances = engine.get(BalancesService);
  const now = await ledger.now();
  const programme = programmeFor(engine.get(ProgrammeBookService), now, now);
  const differences: string[] = [];
  await severalAtOnce([...memberIds.keys()], async (customer) => {
    const recomputed = expected.get(customer);
    const memberId = memberIds.get(customer) ?? '';
    const account = await ledger.account(memberId);
    if (account === undefined) throw new Error(`invariant: customer ${customer} has an account`);
    const { available, pending, held } = await balances.asOf(memberId, now);
    const note = (what: string, booked: unknown, should: unknown): void => {
      if (String(booked) === String(should)) return;
      differences.push(
        `customer ${customer}  ${what}: booked ${String(booked)}, recomputed ${String(should)}`,
      );
    };
    note('points', available + pending + held, recomputed?.points);
    note('billionths carried', account.remainder, recomputed?.carried);
    note('tier', standingView(programme, account).tier.code, recomputed?.tier);
  });
  return differences.sort();
}

async function severalAtOnce<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += MEMBERS_AT_ONCE) {
    await Promise.all(items.slice(start, start + MEMBERS_AT_ONCE).map(work));
  }
}
