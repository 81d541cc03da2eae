/** A staff user who works on the draft over HTTP. */
import type { DraftView } from '../../src/programmes/drafts/drafts.views.js';
import type { PublishedView } from '../../src/programmes/views/programmes.views.js';
import { Api, expected, type Answer } from '../support/api.js';

export const merge = { 'content-type': 'application/merge-patch+json' };
export const operations = { 'content-type': 'application/json-patch+json' };

export class Editor extends Api {
  override at(url: string): Editor {
    return new Editor(url, this.credential);
  }

  async draft(): Promise<Pick<DraftView, keyof DraftView> & { etag: string }> {
    const { status, headers, body } =
      await this.get<Pick<DraftView, keyof DraftView>>('/v1/programme/draft');
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return { ...body, etag: headers.get('etag') ?? '' };
  }

  async call<Body = DraftView>(
    method: string,
    path: string,
    etag: string | undefined,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const all = { ...headers, ...(etag !== undefined && { 'if-match': etag }) };
    const text = body === undefined ? undefined : JSON.stringify(body);
    return this.send<Body>(method, `/v1/programme${path}`, text, { headers: all });
  }

  async put(etag: string | undefined, document: unknown): Promise<Answer<DraftView>> {
    return this.call('PUT', '/draft', etag, document);
  }

  async patch(etag: string | undefined, body: unknown, how = merge): Promise<Answer<DraftView>> {
    return this.call('PATCH', '/draft', etag, body, how);
  }

  async publish(etag: string | undefined, body: object = {}): Promise<Answer<PublishedView>> {
    return this.call('POST', '/draft/publish', etag, body);
  }

  /** Gives up whatever draft there is. */
  async discard(): Promise<void> {
    const { etag } = await this.draft();
    expected(await this.call('DELETE', '/draft', etag), 204);
  }
}
