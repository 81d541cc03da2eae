import { appendFile, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';

/** How far an import is, kept beside the file after each group. */
export interface Place {
  /** The file, as it was, and the retailer it is about; another one starts from the beginning. */
  of: string;
  bytes: number;
  lines: number;
  refused: number;
  errorBytes: number;
  /** The posting of a purchase booked before the place, which tells one database from another. */
  posting?: string | undefined;
}

const placeFile = (file: string): string => `${file}.resume`;

export const beginningOf = (of: string): Place => ({
  of,
  bytes: 0,
  lines: 0,
  refused: 0,
  errorBytes: 0,
});

/**
 * Where to go on: at the place kept for just this file, if its errors are still there and the
 * database has what was booked before it; otherwise at the beginning, which books nothing twice.
 */
export async function findPlace(
  files: { file: string; errorsFile: string },
  of: string,
  isBooked: (posting: string) => Promise<boolean>,
): Promise<Place> {
  const text = await readFile(placeFile(files.file), 'utf8').catch(() => '');
  const kept = parsePlace(text);
  if (kept?.of !== of || kept.posting === undefined) return beginningOf(of);
  const errors = await stat(files.errorsFile).catch(() => undefined);
  if ((errors?.size ?? 0) < kept.errorBytes) return beginningOf(of);
  return (await isBooked(kept.posting)) ? kept : beginningOf(of);
}

function parsePlace(text: string): Place | undefined {
  try {
    const place = JSON.parse(text) as Partial<Place> | null;
    const { bytes, lines, refused, errorBytes } = place ?? {};
    const isWhole = [bytes, lines, refused, errorBytes].every(Number.isSafeInteger);
    return isWhole ? (place as Place) : undefined;
  } catch {
    // Cut short by a power cut, or there is none.
    return undefined;
  }
}

/** Written aside and renamed, so that a crash leaves the old place or the new one. */
export async function keepPlace(file: string, place: Place): Promise<void> {
  await writeFile(`${placeFile(file)}.new`, JSON.stringify(place));
  await rename(`${placeFile(file)}.new`, placeFile(file));
}

export async function forgetPlace(file: string): Promise<void> {
  for (const path of [placeFile(file), `${placeFile(file)}.new`]) await rm(path, { force: true });
}

/** Errors written after the place was kept belong to lines that come again. */
export async function cutErrors(errorsFile: string, { errorBytes }: Place): Promise<void> {
  if (errorBytes === 0) await rm(errorsFile, { force: true });
  else await truncate(errorsFile, errorBytes);
}

/** Appends rows; returns their bytes. */
export async function keepErrors(errorsFile: string, rows: readonly object[]): Promise<number> {
  if (rows.length === 0) return 0;
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await appendFile(errorsFile, text);
  return Buffer.byteLength(text);
}
