import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import type { Caller } from '../../access/caller.js';
import { addToTotal } from '../../ledger/limits/totals.queries.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { blockOf } from '../../rules/partners/terms.js';
import { formatRate, parseRate } from '../../rules/points.js';
import type { Programme } from '../../rules/programme.js';
import { BlockSteps } from './block-steps.service.js';
import { BlocksQueries, type Block, type KeptBlock } from './blocks.queries.js';
import type { AddBlock } from './partners.requests.js';

/** Points of all blocks of a partner; beyond it sums would no longer be exact. */
const TOTAL_MAX = 1_000_000_000_000_000;

/** The blocks that partners pay for. */
@Injectable()
export class PartnersService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(BlocksQueries) private readonly blocks: BlocksQueries,
    @Inject(BlockSteps) private readonly steps: BlockSteps,
  ) {}

  /**
   * Adds a block of points once; the same key again answers with the same block. What waits for it is
   * awarded before it is answered, as far as that is quickly done.
   */
  async addBlock(
    code: string,
    asked: AddBlock,
    { caller, idempotencyKey: key }: { caller: Caller; idempotencyKey: string },
  ): Promise<{ block: Block; replayed: boolean }> {
    const programme = await this.programmes.inForce();
    const price = this.priceOf(programme, code, asked);
    const hashed = bodyHash({ code, asked });
    const added = await this.dataSource.transaction(async (tx) => {
      // Locks the limit, so that whoever adds to it queues here, with the same key too.
      await addToTotal(tx, blockOf(code), 0);
      const earlier = await this.blocks.byKey(tx, { partner: code, by: caller.id, key });
      if (earlier !== undefined) return { block: same(earlier, hashed), replayed: true };
      const kept = { partner: code, points: asked.points, price, addedBy: caller.id };
      const how = { key, actor: caller.actor };
      return { block: await this.insert(tx, { ...kept, bodyHash: hashed }, how), replayed: false };
    });
    await this.steps.added(code);
    return added;
  }

  private async insert(
    tx: EntityManager,
    block: Omit<KeptBlock, 'n' | 'addedAt'>,
    { key, actor }: { key: string; actor: string },
  ): Promise<Block> {
    const { partner, points, price } = block;
    const before = (await this.blocks.of(partner, tx)).reduce((sum, each) => sum + each.points, 0);
    if (before + points > TOTAL_MAX) {
      throw new DomainError('block_too_large', 'A partner cannot have that many points.', {
        maximum: TOTAL_MAX - before,
      });
    }
    const added = await this.blocks.insert(tx, block, key);
    await addToTotal(tx, blockOf(partner), points);
    await this.audit.record(tx, {
      actor,
      action: 'partner.block_added',
      subject: `partner/${partner}`,
      details: { n: added.n, points, price: formatRate(price) },
    });
    return added;
  }

  /**
   * What a point of a new block costs: as said, or as the terms have it, coming ones included. Of a
   * partner that let points wait, those terms go on: what waits can be paid for whatever it is now.
   */
  private priceOf(programme: Programme, code: string, { price }: AddBlock): bigint {
    const coming = this.programmes.at(Infinity);
    const known = [programme, coming].flatMap((each) => each?.partners.byCode.get(code) ?? []);
    const before = this.programmes
      .begunBy(Infinity)
      .flatMap(({ partners }) => partners.byCode.get(code)?.terms ?? [])
      .findLast(({ prepaid }) => prepaid?.whenEmpty === 'queue');
    const terms =
      known.flatMap((each) => each.terms ?? []).find(({ prepaid }) => prepaid) ?? before;
    if (terms === undefined) {
      if (known.length === 0) throw noPartner();
      throw new DomainError(
        'partner_not_prepaid',
        'The partner does not pay for points in blocks.',
      );
    }
    return price === undefined ? terms.price : (parseRate(price) ?? terms.price);
  }
}

/** Staff see every partner, a retailer itself. */
export function maySee({ retailer }: Pick<Caller, 'retailer'>, code: string): boolean {
  return retailer === undefined || retailer === code;
}

export const noPartner = (): DomainError =>
  new DomainError('not_found', 'There is no such partner.');

function same(earlier: KeptBlock, hashed: string): Block {
  if (earlier.bodyHash === hashed) return earlier;
  throw new DomainError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another body.',
  );
}
