import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { BulkAnswer } from '../../src/accrual/bulk/bulk.service.js';
import type { Api } from '../support/api.js';

/** A bulk request under way: lines go in while answers come out. */
export class BulkStream {
  private readonly outgoing: ClientRequest;
  private readonly incoming: Promise<IncomingMessage>;
  private answers: AsyncIterator<string> | undefined;

  constructor({ url, credential = '' }: Api) {
    this.outgoing = request(`${url}/v1/purchases/bulk`, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/x-ndjson' },
    });
    this.incoming = once(this.outgoing, 'response').then(
      ([response]) => response as IncomingMessage,
    );
    // Hanging up is what some tests are about; who waits for the response is told by it.
    this.incoming.catch(() => undefined);
    this.outgoing.on('error', () => undefined);
  }

  /** Resolves as soon as more may be written. */
  async write(bytes: string | Buffer): Promise<void> {
    if (!this.outgoing.write(bytes)) await once(this.outgoing, 'drain');
  }

  end(bytes: string | Buffer = ''): void {
    this.outgoing.end(bytes);
  }

  /** Ends the connection as a client that dies does. */
  hangUp(): void {
    this.outgoing.destroy();
  }

  async response(): Promise<IncomingMessage> {
    return this.incoming;
  }

  /** The next answer; undefined after the last one. */
  async next(): Promise<BulkAnswer | undefined> {
    this.answers ??= createInterface({ input: await this.incoming })[Symbol.asyncIterator]();
    const { done, value } = await this.answers.next();
    return done === true ? undefined : (JSON.parse(value) as BulkAnswer);
  }

  /** Every answer still to come. */
  async rest(): Promise<BulkAnswer[]> {
    const answers: BulkAnswer[] = [];
    for (let each = await this.next(); each !== undefined; each = await this.next()) {
      answers.push(each);
    }
    return answers;
  }
}

/** All answers to a whole body sent at once. */
export async function bulk(api: Api, body: string | Buffer): Promise<BulkAnswer[]> {
  const stream = new BulkStream(api);
  stream.end(body);
  return stream.rest();
}
