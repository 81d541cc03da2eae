import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import { bucketOf } from '../../ledger/address.js';
import { EnrolmentSteps } from '../enrolment-steps.service.js';
import type { ChangeContact } from './contact.requests.js';
import { contactChannels } from './contact-channels.js';
import { ContactsQueries, type ContactChoices } from './contacts.queries.js';

/** Over which channels a member may be told things: they alone say so. */
@Injectable()
export class ContactService implements OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ContactsQueries) private readonly contacts: ContactsQueries,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(EnrolmentSteps) private readonly steps: EnrolmentSteps,
  ) {}

  /** What was said at enrolment is written with it. */
  onModuleInit(): void {
    this.steps.register(({ contact }) => {
      if (contact === undefined) return Promise.resolve(undefined);
      return Promise.resolve(async (tx, { id }) => {
        for (const channel of contact) await this.contacts.write(tx, id, channel, true);
      });
    });
  }

  async of(memberId: string): Promise<ContactChoices> {
    return this.contacts.choices(memberId);
  }

  /** Law M13: changes what is named, at once for whatever is sent from then on. */
  async change(memberId: string, change: ChangeContact, actor: string): Promise<ContactChoices> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(
        'SELECT 1 FROM members WHERE bucket = $1 AND member_id = $2 FOR NO KEY UPDATE',
        [bucketOf(memberId), memberId],
      );
      const { allowed } = await this.contacts.choices(memberId, tx);
      const changed = contactChannels.filter(
        (channel) => change[channel] !== undefined && change[channel] !== allowed.has(channel),
      );
      for (const channel of changed) {
        await this.contacts.write(tx, memberId, channel, change[channel] === true);
      }
      if (changed.length > 0) {
        const details = Object.fromEntries(changed.map((each) => [each, change[each]]));
        const what = { actor, action: 'member.contact_changed', subject: `member/${memberId}` };
        await this.audit.record(tx, { ...what, details });
      }
      return this.contacts.choices(memberId, tx);
    });
  }
}
