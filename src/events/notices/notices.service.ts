import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { parsePublicId } from '../../ledger/address.js';
import { MembersService } from '../../members/members.service.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { NoticesQueries, type StoredNotice } from './notices.queries.js';

const noSuchNotice = (): DomainError => new DomainError('not_found', 'There is no such notice.');

const OWN_MAX = 50;
const ALL_MAX = 200;

/** Notices to read: whoever reads their own has been shown them. */
@Injectable()
export class NoticesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(NoticesQueries) private readonly notices: NoticesQueries,
    @Inject(MembersService) private readonly members: MembersService,
  ) {}

  /** What is due, and not what is still to come. */
  async show(memberId: string): Promise<StoredNotice[]> {
    return this.dataSource.transaction(async (tx) => {
      const shown = await this.notices.of(memberId, OWN_MAX, true, tx);
      const untold = shown.filter(({ evidence }) => evidence === null);
      await this.notices.tell(tx, untold, 'shown');
      return shown;
    });
  }

  /** Somebody who passed it on says what became of it; 404 where there is no such notice. */
  async confirm(id: string, result: 'delivered' | 'bounced'): Promise<StoredNotice> {
    const address = parsePublicId('ntc', id);
    if (address === undefined) throw noSuchNotice();
    const notice = { memberId: address.memberId, number: address.seq };
    const [after] = await this.dataSource.transaction(async (tx) => {
      if (result === 'bounced') await this.notices.bounced(tx, notice);
      else await this.notices.tell(tx, [notice], 'messenger');
      return this.notices.byAddress([notice], tx);
    });
    if (after === undefined) throw noSuchNotice();
    return after;
  }

  /** All of a member's, for staff; 404 where there is no such member. */
  async of(memberId: string): Promise<StoredNotice[]> {
    await this.members.membership(memberId);
    return this.notices.of(memberId, ALL_MAX, false);
  }
}
