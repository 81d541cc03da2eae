import type { EntityManager } from 'typeorm';

/**
 * Adds to the total of a shared limit that no version has: whoever tops it up says how much there
 * is. Its row is locked until the transaction ends, so a refill sees all of it or nothing.
 */
export async function addToTotal(tx: EntityManager, limit: string, amount: number): Promise<void> {
  await tx.query(
    `INSERT INTO limits (limit_id, total, granted, home) VALUES ($1, $2, 0, NULL)
     ON CONFLICT (limit_id) DO UPDATE SET total = limits.total + EXCLUDED.total`,
    [limit, amount],
  );
}
