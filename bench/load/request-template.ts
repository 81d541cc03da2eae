import { Buffer } from 'node:buffer';

/** Width of a serial number in keys and references. */
const SERIAL = 12;
const MEMBER = 'MMMMMMMM-MMMM-MMMM-MMMM-MMMMMMMMMMMM';
const RUN = 'RRRRRRRR';

/** Placeholders of fixed width, so that filling one never moves a byte. */
export const placeholders = { member: MEMBER, serial: `${RUN}-${'S'.repeat(SERIAL)}` };

/** A line of 3 goods, a total, a time: what a till sends. */
export function basket(variant: number, occurredAt: string): object {
  const goods = [
    ['groceries', 'Oat milk 1 l'],
    ['books', 'Paperback: The Garden in Winter'],
    ['garden', 'Terracotta pot 30 cm'],
    ['home', 'Linen tea towel, pair'],
    ['toys', 'Wooden train set'],
    ['repair', 'Bicycle service'],
    ['clothing', 'Wool socks'],
    ['delivery', 'Delivery'],
  ] as const;
  const lines = [0, 1, 2].map((index) => {
    const [category, description] = goods[(variant + index * 3) % goods.length] ?? goods[0];
    const amount = 180 + ((variant * 7919 + index * 1237) % 4800);
    return {
      id: String(index + 1),
      category,
      quantity: 1 + ((variant + index) % 3),
      amount,
      tax: Math.floor(amount / 6),
      sku: `sku-${String(10_000 + variant * 3 + index)}`,
      description,
    };
  });
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  return {
    member: { id: MEMBER },
    reference: `till-${placeholders.serial}`,
    occurredAt,
    total: { amount: total, currency: 'GBP' },
    lines,
    location: 'store-12',
  };
}

/** The bytes of a request in which member, key and reference are filled in place. */
export class Template {
  private readonly members: number[];
  private readonly serials: number[];

  constructor(
    readonly bytes: Buffer,
    run: string,
  ) {
    this.members = placesOf(bytes, MEMBER);
    this.serials = placesOf(bytes, placeholders.serial);
    for (const at of this.serials) bytes.write(run.padStart(RUN.length, '0'), at, 'latin1');
  }

  /** Writes the 36 characters of a member id wherever the request names the member. */
  member(ids: Buffer, index: number): void {
    for (const at of this.members) ids.copy(this.bytes, at, index * 36, index * 36 + 36);
  }

  /** Writes a serial number into every key and reference. */
  serial(value: number): void {
    for (const at of this.serials) {
      let rest = value;
      for (let place = at + RUN.length + SERIAL; place > at + RUN.length; place--) {
        this.bytes[place] = 48 + (rest % 10);
        rest = Math.floor(rest / 10);
      }
    }
  }
}

function placesOf(bytes: Buffer, text: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) places.push(at);
  return places;
}

/** A request as bytes; without a body nothing is said about its type. */
export function requestBytes(request: {
  method: string;
  path: string;
  key: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}): Buffer {
  const { method, path, key, headers = {}, body } = request;
  const all: Record<string, string> = {
    host: '127.0.0.1',
    authorization: `Bearer ${key}`,
    ...headers,
    ...(method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body ?? '')) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`);
}
