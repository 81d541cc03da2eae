import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import pg from 'pg';
import { instantOf } from './instant.js';
import type { Statement } from './statement.js';

export interface Answer {
  rows: Record<string, unknown>[];
  /** The command tag, such as `INSERT`. */
  command: string;
}

/** What the driver's connection has to send, one message each. */
interface Wire {
  stream: Pick<Socket, 'cork' | 'uncork'>;
  parse(message: { name: string; text: string; types: undefined }): void;
  bind(message: {
    portal: string;
    statement: string;
    values: unknown[];
    valueMapper: (value: unknown) => unknown;
  }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string; rows: number }): void;
  sync(): void;
}

interface Field {
  name: string;
  dataTypeID: Parameters<typeof pg.types.getTypeParser>[0];
}

type Parse = (text: string) => unknown;

/** How rows of a statement are read: every column there, and what makes a value of its text. */
interface Shape {
  names: readonly string[];
  parsers: readonly Parse[];
  blank: Record<string, unknown>;
}

interface Sent {
  statement: Statement;
  shape: Shape | undefined;
  rows: Record<string, unknown>[];
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/** Statements that a connection has prepared, by name, with the shape of their rows once it is known. */
export type Prepared = Map<string, { text: string; shape: Shape | undefined }>;

/**
 * Statements that go to PostgreSQL together and are answered together: one Sync behind all of them.
 * With one behind each the server answers each in a packet of its own, which costs both sides more
 * than most statements do. Once one fails, those behind it are not done and fail with its error.
 * A connection that saw a failure is not used again: what it has prepared is not known any more.
 */
export class RoundTrip {
  private readonly sent: Sent[] = [];
  private at = 0;

  constructor(private readonly prepared: Prepared) {}

  async add(statement: Statement): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.sent.push({ statement, shape: undefined, rows: [], resolve, reject });
    });
  }

  /** Called by the driver when it is this one's turn. */
  submit(wire: Wire): Error | null {
    wire.stream.cork();
    try {
      for (const each of this.sent) this.send(wire, each);
      wire.sync();
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      wire.stream.uncork();
    }
    return null;
  }

  private send(wire: Wire, each: Sent): void {
    const { name, text, values } = each.statement;
    const known = this.prepared.get(name);
    if (known === undefined) {
      wire.parse({ name, text, types: undefined });
      this.prepared.set(name, { text, shape: undefined });
    } else if (known.text !== text) {
      throw new Error(`invariant: ${name} is the name of one statement`);
    }
    wire.bind({ portal: '', statement: name, values, valueMapper });
    each.shape = known?.shape;
    // What a statement answers with stays as it is for as long as it is prepared.
    if (each.shape === undefined) wire.describe({ type: 'P', name: '' });
    wire.execute({ portal: '', rows: 0 });
  }

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    const each = this.sent[this.at];
    if (each === undefined) return;
    const { name, text } = each.statement;
    each.shape = shapeOf(fields);
    this.prepared.set(name, { text, shape: each.shape });
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const each = this.sent[this.at];
    if (each?.shape === undefined) return;
    const { names, parsers, blank } = each.shape;
    const row = { ...blank };
    for (let place = 0; place < names.length; place += 1) {
      const text = fields[place] ?? null;
      const parse = parsers[place];
      const name = names[place];
      if (text !== null && name !== undefined && parse !== undefined) row[name] = parse(text);
    }
    each.rows.push(row);
  }

  handleCommandComplete({ text }: { text: string }): void {
    const each = this.sent[this.at];
    this.at += 1;
    if (each === undefined) return;
    const { shape, rows, statement } = each;
    const { name, text: sent } = statement;
    if (shape === undefined) this.prepared.set(name, { text: sent, shape: none });
    each.resolve({ rows, command: text.split(' ', 1)[0] ?? '' });
  }

  handleError(error: Error): void {
    for (const { reject } of this.sent.slice(this.at)) reject(error);
    this.at = this.sent.length;
  }

  /** All has been answered by then, or has failed. */
  handleReadyForQuery(): void {
    if (this.at < this.sent.length) this.handleError(new Error('invariant: all is answered'));
  }

  handleEmptyQuery(): void {
    this.handleError(new Error('invariant: no statement is empty'));
  }

  handlePortalSuspended(): void {
    this.handleError(new Error('invariant: all rows are asked for'));
  }
}

/** What the driver makes of the values of its own statements; it has no types for it. */
const { prepareValue: valueMapper } = createRequire(import.meta.url)('pg/lib/utils.js') as {
  prepareValue: (value: unknown) => unknown;
};

const none: Shape = { names: [], parsers: [], blank: {} };

function shapeOf(fields: readonly Field[]): Shape {
  return {
    names: fields.map(({ name }) => name),
    parsers: fields.map(({ dataTypeID }) => {
      const parse = pg.types.getTypeParser(dataTypeID, 'text') as Parse;
      const isInstant = dataTypeID === pg.types.builtins.TIMESTAMPTZ;
      return isInstant ? (text) => instantOf(text) ?? parse(text) : parse;
    }),
    blank: Object.fromEntries(fields.map(({ name }) => [name, null])),
  };
}
