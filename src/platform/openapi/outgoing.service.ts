import { Injectable, type Type } from '@nestjs/common';
import { getSchemaPath } from '@nestjs/swagger';

/** A message that the server sends to whoever asked for it. */
export interface Outgoing {
  type: string;
  /** In one line, what has happened. */
  summary: string;
  /** The shape of its `data`. */
  data: Type;
}

const text = { type: 'string' };
const header = (name: string, description: string): object => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: text,
});

const headers = [
  header('webhook-id', 'Id of the event, the same however often it is sent.'),
  header('webhook-timestamp', 'Seconds since 1970 at which this try was made.'),
  header('webhook-signature', 'One or more signatures as Standard Webhooks spells them.'),
];

/** What the document says under `webhooks`; modules tell at start what they send. */
@Injectable()
export class OutgoingMessages {
  private readonly messages: Outgoing[] = [];

  register(messages: readonly Outgoing[]): void {
    this.messages.push(...messages);
  }

  /** The views that the document has to hold. */
  views(): Type[] {
    return [...new Set(this.messages.map(({ data }) => data))];
  }

  /** By type of event. */
  webhooks(): Record<string, { post: object }> {
    return Object.fromEntries(
      this.messages.map((each) => [each.type, { post: operationOf(each) }]),
    );
  }
}

function operationOf({ type, summary, data }: Outgoing): object {
  const schema = {
    type: 'object',
    required: ['type', 'timestamp', 'data'],
    properties: {
      type: { ...text, const: type },
      timestamp: { ...text, format: 'date-time', description: 'When it was recorded.' },
      data: { $ref: getSchemaPath(data) },
    },
  };
  return {
    operationId: `send_${type.replace('.', '_')}`,
    summary,
    tags: ['Events'],
    parameters: headers,
    requestBody: { required: true, content: { 'application/json': { schema } } },
    responses: {
      '2XX': { description: 'It is taken; anything else is tried again for three days.' },
      '410': { description: 'Nothing is to be sent there any more: the endpoint is disabled.' },
    },
  };
}
