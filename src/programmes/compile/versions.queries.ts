/** Versions read apart from the server that keeps them in memory. */
import type { EntityManager } from 'typeorm';
import type { Programme } from '../../rules/programme.js';
import { inWordsOfToday } from './earlier.js';
import { withNewer } from './versions.js';

interface VersionRow {
  no: number;
  document: Parameters<typeof inWordsOfToday>[0];
  effectiveAt: Date;
}

/** Every version there is, compiled, in the order of their numbers from 1 on. */
export async function readVersions(tx: EntityManager): Promise<readonly Programme[]> {
  const rows = await tx.query<VersionRow[]>(
    'SELECT no, document, effective_at AS "effectiveAt" FROM programme_versions ORDER BY no',
  );
  return withNewer(
    [],
    rows.map(({ document, ...row }) => ({ ...row, document: inWordsOfToday(document) })),
  );
}
