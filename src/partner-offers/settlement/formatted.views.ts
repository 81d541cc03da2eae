/** A report of a month in the format that is asked for, with the headers that go with it. */
import type { FastifyReply } from 'fastify';
import { pagePolicy } from './page.js';
import { formatOf, type Format } from './settlement.requests.js';

export interface Asked {
  /** As the header `accept` says when left out. */
  format: Format | undefined;
  accept: string | undefined;
  /** What a table is saved as, without its ending. */
  file: string;
}

export function formatted<View>(
  reply: Pick<FastifyReply, 'header' | 'type'>,
  { format, accept, file }: Asked,
  { view, table, page }: { view: View; table: () => string; page: () => string },
): View | string {
  reply.header('vary', 'accept');
  switch (format ?? formatOf(accept)) {
    case 'json':
      return view;
    case 'csv':
      reply.type('text/csv; charset=utf-8; header=present');
      reply.header('content-disposition', `attachment; filename="${file}.csv"`);
      return table();
    case 'html':
      reply.type('text/html; charset=utf-8');
      reply.header('content-security-policy', pagePolicy);
      return page();
  }
}
