/** The file of one day's heads, as it leaves the house. */
import type { HeadClaim } from './check-heads.js';
import { isDay, type DailyHead } from './head.js';

const FORMAT = 'fealty daily heads 1';

/** `heads-2026-11-27.json` */
export const fileNameOf = (day: string): string => `heads-${day}.json`;

/** The day a file name is of, or undefined when it is no file of heads. */
export function dayOfFile(name: string): string | undefined {
  const [, day = ''] = /^heads-(.*)\.json$/.exec(name) ?? [];
  return isDay(day) ? day : undefined;
}

/** JSON with one head a line; all heads of a day are signed with one key. */
export function renderHeads(day: string, heads: readonly DailyHead[]): string {
  const publicKey = heads[0]?.publicKey ?? '';
  const lines = heads.map(({ bucket, members, root, previous, signature }) =>
    JSON.stringify({ bucket, members, root, previous, signature }),
  );
  const top = [
    ['format', FORMAT],
    ['day', day],
    ['publicKey', publicKey],
  ]
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},\n`)
    .join('');
  return `{${top}"heads":[\n${lines.join(',\n')}\n]}\n`;
}

/** Reads what `renderHeads` wrote; throws when the text is something else. */
export function parseHeads(name: string, text: string): HeadClaim[] {
  const file = JSON.parse(text) as Partial<Record<string, unknown>>;
  const { format, day, publicKey, heads } = file;
  if (format !== FORMAT || typeof day !== 'string' || !isDay(day) || !Array.isArray(heads)) {
    throw new Error(`${name} is not a file of ${FORMAT}.`);
  }
  return heads.map((each: Record<string, unknown>) => ({
    where: name,
    head: {
      bucket: Number(each['bucket']),
      day,
      root: String(each['root']),
      previous: String(each['previous']),
      members: Number(each['members']),
      publicKey: String(publicKey),
      signature: String(each['signature']),
    },
  }));
}
