/**
 * What specs have done for them in the process that keeps the database, so that not each of them
 * loads an engine: a programme and credentials are put in, and a ledger is looked through. Answers
 * are in the format of structured clones, which has whole numbers of any size.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { deserialize, serialize } from 'node:v8';

/** Listens on a free port of this machine; returns the URL. The process need not wait for it. */
export async function openDesk() {
  const server = createServer((request, response) => {
    answer(request).then(
      (found) => response.end(serialize(found)),
      (error) => response.writeHead(500).end(String(error?.stack ?? error)),
    );
  });
  server.unref();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${String(server.address().port)}`;
}

async function answer(request) {
  // Loaded when the first spec asks: a run of pure specs needs none of it.
  const work = await import('./keeper-work.mjs');
  const asked = deserialize(await buffer(request));
  return work[request.url.slice(1)](asked);
}
