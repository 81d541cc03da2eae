import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import type { Caller } from '../../access/caller.js';
import { UsersService } from '../../access/users.service.js';
import { ManyMembersQueries } from '../../members/many-members.queries.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { isNamed, type ListLine, type Misread, type Named } from './list-line.js';
import { ListsQueries, type StoredList } from './lists.queries.js';

/** Lines looked up together. */
const LINES_AT_ONCE = 1_000;
/** Lines of an upload at most. */
export const LINES_MAX = 1_000_000;
/** Lists in force at most: a member may be on all of them, and they are read together. */
const LISTS_MAX = 200;

export interface Uploaded {
  lines: number;
  /** Members on the list, each once. */
  members: number;
  refused: number;
}

/** Who uploads: `u/<user id>`, or whoever may run the command line. */
export type Uploader = Pick<Caller, 'id' | 'actor'>;

/** Laws O28 to O30: lists of members that offers are for, each replaced as a whole or not at all. */
@Injectable()
export class ListsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(UsersService) private readonly users: UsersService,
    @Inject(ManyMembersQueries) private readonly members: ManyMembersQueries,
    @Inject(ListsQueries) private readonly queries: ListsQueries,
  ) {}

  async all(): Promise<StoredList[]> {
    return this.queries.all();
  }

  /**
   * Replaces a list. `refused` is told every line that names no active member, in their order, and is
   * waited for. A list that would be of nobody is not put in force.
   */
  async replace(
    list: string,
    lines: AsyncIterable<ListLine>,
    by: Uploader,
    refused: (lines: readonly Misread[]) => Promise<void>,
  ): Promise<Uploaded> {
    await this.refuseTooMany(list);
    const self = await this.users.membershipOf(by.id.replace(/^u\//, ''));
    const upload = await this.queries.begin(list);
    const sum: Uploaded = { lines: 0, members: 0, refused: 0 };
    try {
      for await (const group of inGroups(lines)) {
        const { ids, misread } = await this.lookUp(group, self);
        sum.lines += group.length;
        sum.refused += misread.length;
        if (sum.lines > LINES_MAX) throw tooManyLines();
        sum.members += await this.queries.add(list, upload, ids);
        if (misread.length > 0) await refused(misread);
      }
      if (sum.members === 0) throw ofNobody();
      await this.putInForce(list, upload, sum, by);
    } catch (error) {
      // Its own rows alone: an upload that began before it may still be put in force.
      await this.queries.clear(list, { from: upload, upTo: upload });
      throw error;
    }
    await this.queries.clear(list, { from: 1, upTo: upload - 1 });
    return sum;
  }

  async remove(list: string, by: Uploader): Promise<void> {
    const upload = await this.dataSource.transaction(async (tx) => {
      const removed = await this.queries.remove(tx, list);
      if (removed === undefined) throw new DomainError('not_found', 'There is no such list.');
      const entry = { actor: by.actor, action: 'list.removed', subject: `list/${list}` };
      await this.audit.record(tx, { ...entry, details: {} });
      return removed;
    });
    await this.queries.clear(list, { from: 1, upTo: upload });
  }

  private async lookUp(
    group: readonly ListLine[],
    self: string | undefined,
  ): Promise<{ ids: string[]; misread: Misread[] }> {
    const named = group.filter(isNamed);
    const values = (by: Named['by']): string[] =>
      named.filter((each) => each.by === by).map(({ value }) => value);
    const [byCard, active] = await Promise.all([
      this.members.byCards(values('card')),
      this.members.active(values('member')),
    ]);
    const ids: string[] = [];
    const misread = group.flatMap((each): Misread[] => {
      if (!isNamed(each)) return [each];
      const { line, by, value } = each;
      const id = by === 'card' ? byCard.get(value) : active.has(value) ? value : undefined;
      if (id === undefined) {
        return [{ line, code: 'unknown_member', detail: 'No active member is found by this.' }];
      }
      if (id === self) {
        return [{ line, code: 'own_account', detail: 'Nobody puts themselves on a list.' }];
      }
      ids.push(id);
      return [];
    });
    return { ids, misread };
  }

  private async putInForce(
    list: string,
    upload: number,
    { lines, members, refused }: Uploaded,
    by: Uploader,
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const isNewest = await this.queries.putInForce(tx, { list, upload, members, by: by.id });
      if (!isNewest) throw new DomainError('newer_version', 'A newer upload is in force already.');
      const entry = { actor: by.actor, action: 'list.replaced', subject: `list/${list}` };
      await this.audit.record(tx, { ...entry, details: { lines, members, refused } });
    });
  }

  private async refuseTooMany(list: string): Promise<void> {
    const lists = await this.queries.all();
    if (lists.length < LISTS_MAX || lists.some((each) => each.list === list)) return;
    throw new DomainError('invalid_request', `There are ${String(LISTS_MAX)} lists already.`);
  }
}

async function* inGroups(lines: AsyncIterable<ListLine>): AsyncGenerator<ListLine[]> {
  let group: ListLine[] = [];
  for await (const line of lines) {
    group.push(line);
    if (group.length < LINES_AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

const tooManyLines = (): DomainError =>
  new DomainError('payload_too_large', `A list has ${String(LINES_MAX)} lines at most.`);

const ofNobody = (): DomainError =>
  new DomainError('invalid_request', 'No line names an active member; the list stays as it was.');
