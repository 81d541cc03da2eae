/** What of the settings production is particular about. */
interface Checked {
  testClock: boolean;
  audit: boolean;
  webhooksToLoopback: boolean;
  databaseUrl: string | undefined;
  databaseOwnerUrl: string | undefined;
}

/** What is wrong with settings of production; `named` is the database as it was spelt. */
export function productionFaults(
  { testClock, audit, webhooksToLoopback, databaseUrl, databaseOwnerUrl }: Checked,
  named: string | undefined,
): string[] {
  const faults: string[] = [];
  if (testClock) faults.push('TEST_CLOCK must be off in production.');
  if (!audit) faults.push('AUDIT must be on in production.');
  if (webhooksToLoopback) faults.push('WEBHOOKS_TO_LOOPBACK must be off in production.');
  if (named === undefined) faults.push('DATABASE_URL is missing.');
  if (databaseUrl === undefined) return faults;
  const roleOf = (url: string): string => new URL(url).username;
  if (databaseOwnerUrl === undefined) {
    faults.push('DATABASE_OWNER_URL is missing: migrations run as another role.');
  } else if (roleOf(databaseOwnerUrl) === roleOf(databaseUrl)) {
    faults.push('DATABASE_URL and DATABASE_OWNER_URL use the same role.');
  }
  return faults;
}
