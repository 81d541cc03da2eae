import { createHash, randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { AccrueAction } from '../../src/rules/actions/accrue.js';
import { act } from '../../src/rules/act.js';
import type { Programme } from '../../src/rules/programme.js';
import { countersNeeded } from '../../src/rules/earning/counters.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import { counterKey, type MemberState } from '../../src/rules/state.js';
import { basket } from '../load/request-template.js';
import { memberId } from '../subject/members.js';
import { benchProgramme, REWARD } from '../subject/programme.js';
import * as usual from './usual.entities.js';

const POOL = 16;
const DAY_MS = 86_400_000;

/**
 * The usual way: one interactive transaction per request, the account locked with SELECT FOR
 * UPDATE, entities saved one by one. It is called in process, so HTTP costs it nothing; it decides
 * with the same rules and writes the same kinds of rows.
 */
export class UsualWay {
  private readonly programme: Programme = compileProgramme(benchProgramme, {
    no: 1,
    effectiveAt: Date.now() - 200 * DAY_MS,
  });

  private constructor(
    private readonly dataSource: DataSource,
    private readonly members: number,
  ) {}

  static async prepare(url: string, members: number): Promise<UsualWay> {
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      poolSize: POOL,
      entities: usual.usualEntities,
      dropSchema: true,
      synchronize: true,
    });
    await dataSource.initialize();
    const repository = dataSource.getRepository(usual.UsualAccount);
    for (let from = 0; from < members; from += 1_000) {
      const length = Math.min(1_000, members - from);
      const rows = Array.from({ length }, (_, index) => emptyAccount(memberId(from + index)));
      await repository.insert(rows);
    }
    await dataSource.query('VACUUM (ANALYZE)');
    return new UsualWay(dataSource, members);
  }

  /** One purchase of a member drawn evenly. */
  async accrue(): Promise<void> {
    const member = memberId(Math.floor(Math.random() * this.members));
    const purchase = purchaseOf(Math.floor(Math.random() * 32));
    await this.dataSource.transaction(async (manager) => {
      const account = await lock(manager, member);
      const occurredAt = Date.now();
      const action: AccrueAction = {
        ...{ kind: 'accrue', at: occurredAt, occurredAt, purchase },
        versions: { at: () => this.programme, version: () => this.programme },
      };
      const counters = await this.counters(manager, member, action);
      const state = stateOf(account, counters);
      const outcome = act(this.programme, { members: [state] }, action);
      const draft = outcome.postings.at(-1);
      const after = outcome.state.members[0];
      if (draft?.kind !== 'accrue' || after === undefined) throw new Error('not accrued');
      const posting = await savePosting(manager, account, draft);
      await saveRows(manager, { account, posting, draft, content: purchase });
      await manager.save(Object.assign(account, figuresOf(after), { head: posting.hash }));
    });
  }

  /** Reserves a reward on one member under its row lock, and captures it in a second request. */
  async redeem(member: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const account = await lock(manager, member);
      if (Number(account.points) < REWARD.points) throw new Error('not enough points');
      account.points = String(Number(account.points) - REWARD.points);
      account.held = String(Number(account.held) + REWARD.points);
      await saveMove(manager, account, 'hold', 'points', 'held');
    });
    await this.dataSource.transaction(async (manager) => {
      const account = await lock(manager, member);
      account.held = String(Number(account.held) - REWARD.points);
      await saveMove(manager, account, 'redeem', 'held', 'redeemed');
    });
  }

  /** Gives a member points to spend. */
  async fund(member: string, points: number): Promise<void> {
    const repository = this.dataSource.getRepository(usual.UsualAccount);
    await repository.update({ memberId: member }, { points: String(points) });
    const account = await repository.findOneByOrFail({ memberId: member });
    await this.dataSource.transaction(async (manager) => {
      const posting = await savePosting(manager, account, { kind: 'accrue', explanation: [] });
      const at = new Date();
      const lot = { account, posting, availableFrom: at, expiresAt: null, held: '0' };
      const amount = String(points);
      await manager.save(usual.UsualLot, { ...lot, amount, remaining: amount });
    });
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  private async counters(
    manager: EntityManager,
    member: string,
    action: AccrueAction,
  ): Promise<Map<string, number>> {
    const needed = countersNeeded(this.programme, action.occurredAt, action.purchase);
    const rows = await manager.find(usual.UsualCounter, {
      where: needed.map(({ counter, periodStart }) => ({
        memberId: member,
        counter,
        periodStart: String(periodStart),
      })),
    });
    return new Map(
      rows.map((row) => [counterKey(row.counter, Number(row.periodStart)), Number(row.used)]),
    );
  }
}

type PurchaseFacts = AccrueAction['purchase'];

function purchaseOf(variant: number): PurchaseFacts {
  const { lines } = basket(variant, '') as { lines: PurchaseFacts['lines'] };
  return { lines, tenders: [] };
}

const emptyAccount = (member: string): usual.UsualAccount => ({
  memberId: member,
  version: 0,
  points: '0',
  held: '0',
  qualifying: '0',
  remainder: '0',
  tier: '',
  head: '',
});

async function lock(manager: EntityManager, memberId: string): Promise<usual.UsualAccount> {
  const lock = { mode: 'pessimistic_write' } as const;
  return manager.findOneOrFail(usual.UsualAccount, { where: { memberId }, lock });
}

function stateOf(account: usual.UsualAccount, counters: Map<string, number>): MemberState {
  return {
    memberId: account.memberId,
    status: 'active',
    enrolledAt: 0,
    version: account.version,
    points: Number(account.points),
    held: Number(account.held),
    owed: 0,
    pending: 0,
    qualifying: BigInt(account.qualifying),
    remainder: BigInt(account.remainder),
    tier: account.tier,
    changesAt: null,
    newestAt: null,
    heardAt: null,
    lots: undefined,
    redemptions: undefined,
    counters,
  };
}

const figuresOf = (state: MemberState): Partial<usual.UsualAccount> => ({
  version: state.version,
  points: String(state.points),
  qualifying: String(state.qualifying),
  remainder: String(state.remainder),
  tier: state.tier,
});

async function savePosting(
  manager: EntityManager,
  account: usual.UsualAccount,
  { kind, explanation }: Pick<PostingDraft, 'kind' | 'explanation'>,
): Promise<usual.UsualPosting> {
  const at = new Date();
  const hash = createHash('sha256').update(account.head).update(JSON.stringify(explanation));
  const row = { account, kind, occurredAt: at, recordedAt: at, explanation: [...explanation] };
  const posting = manager.create(usual.UsualPosting, { ...row, hash: hash.digest('hex') });
  await manager.save(posting);
  await manager.save(usual.UsualRequestKey, { key: randomUUID(), posting });
  await manager.save(usual.UsualOutbox, { posting });
  return posting;
}

async function saveRows(
  manager: EntityManager,
  written: {
    account: usual.UsualAccount;
    posting: usual.UsualPosting;
    draft: PostingDraft;
    content: object;
  },
): Promise<void> {
  const { account, posting, draft, content } = written;
  await manager.save(usual.UsualReference, { reference: randomUUID(), posting });
  await manager.save(usual.UsualPurchase, { posting, content });
  for (const { availableFrom, expiresAt, amount } of draft.opened) {
    const lot = await manager.save(usual.UsualLot, {
      account,
      posting,
      availableFrom: new Date(availableFrom),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      amount: String(amount),
      remaining: String(amount),
      held: '0',
    });
    const pair = { debit: 'issued', credit: 'points', amount: String(amount) };
    await manager.save(usual.UsualEntry, { posting, lot, ...pair });
  }
  for (const { counter, periodStart, used } of draft.counters) {
    await manager.save(usual.UsualCounter, {
      memberId: account.memberId,
      counter,
      periodStart: String(periodStart),
      used: String(used),
    });
  }
}

async function saveMove(
  manager: EntityManager,
  account: usual.UsualAccount,
  kind: 'hold' | 'redeem',
  debit: string,
  credit: string,
): Promise<void> {
  const lot = await manager.findOneOrFail(usual.UsualLot, {
    where: { account: { memberId: account.memberId } },
    order: { expiresAt: 'ASC', id: 'ASC' },
  });
  const change = kind === 'hold' ? REWARD.points : -REWARD.points;
  lot.held = String(Number(lot.held) + change);
  if (kind === 'redeem') lot.remaining = String(Number(lot.remaining) - REWARD.points);
  await manager.save(lot);
  const posting = await savePosting(manager, account, { kind, explanation: [] });
  const amount = String(REWARD.points);
  await manager.save(usual.UsualEntry, { posting, lot, debit, credit, amount });
  await manager.save(Object.assign(account, { version: account.version + 1, head: posting.hash }));
}
