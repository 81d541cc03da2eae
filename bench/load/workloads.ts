import { Buffer } from 'node:buffer';
import { number, type Answer } from './connection.js';
import { basket, placeholders, requestBytes, Template } from './request-template.js';
import type { Task } from './task.js';

/** What one answer meant. A fault is anything that a correct engine would not have answered. */
export interface Meaning {
  pieces: number;
  acknowledged: number;
  points: number;
  holds: number;
  captures: number;
  refused: number;
  /** Whether the connection has done all that it was asked for. */
  isLast?: boolean;
  fault?: string;
}

/** The requests of one connection. */
export interface Workload {
  next(): Buffer;
  read(answer: Answer): Meaning;
}

const POINTS = Buffer.from('"points":');
const MEMBER = Buffer.from('"member":"');
const BOOKED = Buffer.from('"status":201');
const VARIANTS = 32;
const nothing = { pieces: 0, acknowledged: 0, points: 0, holds: 0, captures: 0, refused: 0 };

let serial = 0;

const pick = ({ members, onlyMember }: Task): number =>
  onlyMember ?? Math.floor(Math.random() * members);

const fault = ({ status, bytes, start, end }: Answer): Meaning => ({
  ...nothing,
  fault: `${status}: ${bytes.toString('utf8', start, Math.min(end, start + 400))}`,
});

const json = {
  'content-type': 'application/json',
  'idempotency-key': `bench-${placeholders.serial}`,
};

/** Single purchases; the answer must be 201, name the member and say how many points. */
export function accruals(task: Task, ids: Buffer): Workload {
  const templates = Array.from({ length: VARIANTS }, (_, variant) => {
    const body = JSON.stringify(basket(variant, task.occurredAt));
    const bytes = requestBytes({
      method: 'POST',
      path: '/v1/purchases',
      key: task.key,
      headers: json,
      body,
    });
    return new Template(bytes, task.run);
  });
  let turn = serial;
  let member = 0;
  return {
    next() {
      const template = templates[turn++ % VARIANTS] ?? unreachable();
      member = pick(task);
      template.member(ids, member);
      template.serial(++serial);
      return template.bytes;
    },
    read(answer) {
      const { status, bytes, start } = answer;
      const points = number(bytes, bytes.indexOf(POINTS, start) + POINTS.length);
      const named = bytes.indexOf(MEMBER, start) + MEMBER.length;
      const same = ids.compare(bytes, named, named + 36, member * 36, member * 36 + 36) === 0;
      if (status !== 201 || Number.isNaN(points) || !same) return fault(answer);
      return { ...nothing, pieces: 1, acknowledged: 1, points };
    },
  };
}

/** Purchases of one costly thing, to have points to spend; as many as asked for. */
export function funding(task: Task, ids: Buffer): Workload {
  const { amount = 0, occurredAt } = task;
  const body = JSON.stringify({
    member: { id: placeholders.member },
    reference: `fund-${placeholders.serial}`,
    occurredAt,
    total: { amount, currency: 'GBP' },
    lines: [{ category: 'garden', quantity: 1, amount }],
  });
  const path = '/v1/purchases';
  const bytes = requestBytes({ method: 'POST', path, key: task.key, headers: json, body });
  const template = new Template(bytes, task.run);
  let left = task.purchases ?? 0;
  return {
    next() {
      template.member(ids, pick(task));
      template.serial(++serial);
      return template.bytes;
    },
    read(answer) {
      const { status, bytes: answered, start } = answer;
      const points = number(answered, answered.indexOf(POINTS, start) + POINTS.length);
      if (status !== 201 || Number.isNaN(points)) return fault(answer);
      left -= 1;
      return { ...nothing, pieces: 1, acknowledged: 1, points, isLast: left <= 0 };
    },
  };
}

/** Purchases as lines; every line must be booked, and there must be as many answers as lines. */
export function bulk(task: Task, ids: Buffer): Workload {
  const lines = task.bulkLines ?? 1_000;
  const line = (variant: number): string => {
    const purchase = basket(variant, task.occurredAt);
    return JSON.stringify({ idempotencyKey: `bench-${placeholders.serial}`, ...purchase });
  };
  const texts = Array.from({ length: lines }, (_, index) => `${line(index % VARIANTS)}\n`);
  const bytes = requestBytes({
    method: 'POST',
    path: '/v1/purchases/bulk',
    key: task.key,
    headers: { 'content-type': 'application/x-ndjson' },
    body: texts.join(''),
  });
  const templates: Template[] = [];
  let at = bytes.indexOf('\r\n\r\n') + 4;
  for (const text of texts) {
    const length = Buffer.byteLength(text);
    templates.push(new Template(bytes.subarray(at, at + length), task.run));
    at += length;
  }
  return {
    next() {
      for (const template of templates) {
        template.member(ids, pick(task));
        template.serial(++serial);
      }
      return bytes;
    },
    read: (answer) => readBulk(answer, lines),
  };
}

function readBulk(answer: Answer, lines: number): Meaning {
  const { status, bytes } = answer;
  let booked = 0;
  let points = 0;
  let from = 0;
  for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', from)) {
    const line = bytes.subarray(from, end);
    from = end + 1;
    const value = number(line, line.indexOf(POINTS) + POINTS.length);
    if (line.indexOf(BOOKED) === -1 || Number.isNaN(value)) {
      return { ...nothing, fault: line.toString('utf8', 0, 400) };
    }
    booked += 1;
    points += value;
  }
  if (status !== 200 || booked !== lines) return fault(answer);
  return { ...nothing, pieces: booked, acknowledged: booked, points };
}

/** Balance reads; the answer must be 200 and about the member asked for. */
export function balances(task: Task, ids: Buffer): Workload {
  const template = new Template(
    requestBytes({
      method: 'GET',
      path: `/v1/members/${placeholders.member}/balance`,
      key: task.key,
    }),
    task.run,
  );
  let member = 0;
  return {
    next() {
      member = pick(task);
      template.member(ids, member);
      return template.bytes;
    },
    read(answer) {
      const named = answer.bytes.indexOf(MEMBER, answer.start) + MEMBER.length;
      const { bytes, status } = answer;
      const same = ids.compare(bytes, named, named + 36, member * 36, member * 36 + 36) === 0;
      return status === 200 && same ? { ...nothing, pieces: 1, acknowledged: 1 } : fault(answer);
    },
  };
}

/** Hold, capture, hold, capture, ...; a hold may be refused only for want of points. */
export function redemptions(task: Task, ids: Buffer): Workload {
  const body = JSON.stringify({ member: { id: placeholders.member }, reward: task.reward });
  const hold = new Template(
    requestBytes({ method: 'POST', path: '/v1/redemptions', key: task.key, headers: json, body }),
    task.run,
  );
  let open: string | undefined;
  return {
    next() {
      if (open === undefined) {
        hold.member(ids, pick(task));
        hold.serial(++serial);
        return hold.bytes;
      }
      const key = `bench-${task.run}-${String(++serial)}`;
      return requestBytes({
        method: 'POST',
        path: `/v1/redemptions/${open}/capture`,
        key: task.key,
        headers: { 'idempotency-key': key },
      });
    },
    read(answer) {
      const text = answer.bytes.toString('utf8', answer.start, answer.end);
      if (open !== undefined) {
        open = undefined;
        if (answer.status !== 200 || !text.includes('"captured"')) return fault(answer);
        return { ...nothing, pieces: 1, acknowledged: 1, captures: 1 };
      }
      if (text.includes('insufficient_points')) return { ...nothing, refused: 1 };
      open = /"id":"(rdm_[\w-]+)"/.exec(text)?.[1];
      if (answer.status !== 201 || open === undefined) return fault(answer);
      return { ...nothing, holds: 1 };
    },
  };
}

function unreachable(): never {
  throw new Error('there is a template for every variant');
}
