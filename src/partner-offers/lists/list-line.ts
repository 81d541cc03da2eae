/** One line of an uploaded list: by what it names a member, or why it names none. */
import { isMemberId } from '../../ledger/address.js';

export interface Named {
  line: number;
  /** How a member is found: by the number of their card, or their id. */
  by: 'card' | 'member';
  value: string;
}

export interface Misread {
  line: number;
  code: string;
  detail: string;
}

export type ListLine = Named | Misread;

/** Characters of a card number at most, as at enrolment. */
const CARD_MAX = 32;

/** The line that a card number or a member's id makes; text that can be neither is told. */
export function namedBy(line: number, by: Named['by'], text: string): ListLine {
  const value = text.trim();
  if (by === 'card' && value.length > 0 && value.length <= CARD_MAX) return { line, by, value };
  if (by === 'member' && isMemberId(value)) return { line, by, value };
  const detail = by === 'card' ? 'This is no card number.' : 'This is no id of a member.';
  return { line, code: 'invalid_line', detail };
}

/** What a line of JSON says: `{ "card": "1815 1210" }` or `{ "member": "..." }`, and nothing else. */
export function listLine(line: number, said: unknown): ListLine {
  const [field, ...others] = typeof said === 'object' && said !== null ? Object.entries(said) : [];
  const [by, value] = field ?? [];
  if (others.length === 0 && (by === 'card' || by === 'member') && typeof value === 'string') {
    return namedBy(line, by, value);
  }
  const detail = 'A line has either "card" or "member", and nothing else of anybody.';
  return { line, code: 'invalid_line', detail };
}

export const isNamed = (line: ListLine): line is Named => 'by' in line;
