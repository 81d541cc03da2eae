/** What commands print: plain lines, aligned tables, and faults with their pointers. */
import { DomainError } from '../platform/http/domain-error.js';
import { isPassing } from '../platform/http/passing.js';
import { SettingsError } from '../platform/config/settings.js';

/** Exit codes: 0 done, 1 refused or a difference found, 2 wrong use, 3 could not be reached. */
export const exitCodes = { done: 0, refused: 1, usage: 2, unavailable: 3 } as const;

/** A command that was called in a way it cannot be. */
export class UsageError extends Error {}

/** An instant that an option gives, in milliseconds; undefined = it was left out. */
export function instantOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instant = Date.parse(text);
  if (Number.isNaN(instant))
    throw new UsageError(`${option} is no instant, such as 2026-06-01T00:00:00Z`);
  return instant;
}

/** A document may hold anything, and a terminal obeys what it is shown. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '\ufffd');

/** Columns padded to the widest cell; numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, String(cell).length);
    });
  }
  const padded = (cell: string | number, column: number): string => {
    const width = widths[column] ?? 0;
    return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}

/** An error as the lines a person reads, and the exit code that goes with it. */
export function describeError(error: unknown): { text: string; exitCode: number } {
  if (error instanceof DomainError) {
    const faults = error.faults.map(
      ({ pointer, code, detail }) => `  ${pointer}  ${code}: ${detail}`,
    );
    const exitCode = error.code === 'unavailable' ? exitCodes.unavailable : exitCodes.refused;
    return { text: [`${error.code}: ${error.message}`, ...faults].join('\n'), exitCode };
  }
  if (error instanceof SettingsError || error instanceof UsageError) {
    return { text: error.message, exitCode: exitCodes.usage };
  }
  const text = error instanceof Error ? error.message : String(error);
  if (!isPassing(error)) return { text, exitCode: exitCodes.refused };
  return { text: `unavailable: ${text}`, exitCode: exitCodes.unavailable };
}
