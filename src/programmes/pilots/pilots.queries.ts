import type { EntityManager } from 'typeorm';
import type { Pilot, PilotEnd, PilotTerms } from './pilot.js';

interface PilotRow {
  no: number;
  share: number | null;
  locations: string[] | null;
  outcome: PilotEnd['outcome'] | null;
  effective_at: Date | null;
}

/** Every pilot there ever was, by the number of its version. */
export async function readPilots(tx: EntityManager): Promise<Map<number, Pilot>> {
  const rows = await tx.query<PilotRow[]>(
    `SELECT p.version_no AS no, p.share, p.locations, e.outcome, e.effective_at
       FROM programme_pilots p LEFT JOIN programme_pilot_ends e ON e.version_no = p.version_no`,
  );
  return new Map(
    rows.map(({ no, share, locations, outcome, effective_at: at }) => [
      no,
      {
        versionNo: no,
        share: share ?? undefined,
        locations: locations ?? undefined,
        end: outcome === null || at === null ? undefined : { outcome, effectiveAt: at.getTime() },
      },
    ]),
  );
}

export async function insertPilot(
  tx: EntityManager,
  no: number,
  { share, locations }: PilotTerms,
): Promise<void> {
  await tx.query(
    'INSERT INTO programme_pilots (version_no, share, locations) VALUES ($1, $2, $3)',
    [no, share ?? null, locations ?? null],
  );
}

export async function insertEnd(
  tx: EntityManager,
  no: number,
  { outcome, effectiveAt }: PilotEnd,
  { at, by }: { at: number; by: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO programme_pilot_ends (version_no, outcome, effective_at, decided_at, decided_by)
     VALUES ($1, $2, $3, $4, $5)`,
    [no, outcome, new Date(effectiveAt), new Date(at), by],
  );
}

/** The programme's now in milliseconds since 1970 UTC. */
export async function readClock(tx: EntityManager): Promise<number> {
  const [row] = await tx.query<{ now: Date }[]>('SELECT programme_now() AS now');
  if (row === undefined) throw new Error('invariant: the database tells the time');
  return row.now.getTime();
}
