import { connect, createServer, type AddressInfo } from 'node:net';

const ANSWER_WITHIN_MS = 5_000;

/** PostgreSQL answers this question for encryption before any login: its length, then its code. */
const ENCRYPTION_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Whether a PostgreSQL answers at the port. A killed one still shows as a process for a moment,
 * and the system may even take a connection for it, so only its own answer counts.
 */
export async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port, timeout: ANSWER_WITHIN_MS });
  const hasAnswered = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => socket.write(ENCRYPTION_REQUEST));
    socket.once('data', () => resolve(true));
    for (const failure of ['error', 'timeout', 'close']) socket.once(failure, () => resolve(false));
  });
  socket.destroy();
  return hasAnswered;
}

/** The preferred port when it is free, so that open pools find a server again; else any other. */
export async function freePort(preferred = 0): Promise<number> {
  const probe = createServer();
  try {
    return await new Promise<number>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen(preferred, '127.0.0.1', () => {
        const address: AddressInfo | string | null = probe.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  } catch (error) {
    if (preferred === 0) throw error;
    return await freePort();
  } finally {
    probe.close();
  }
}
