import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from './source.js';

const pictures = /\.(?:png|jpe?g|gif|ico|webp|woff2?|gz|pdf)$/;

/** Every text file of a checkout that .gitignore does not leave out, without asking git. */
export function readRepository(root: string): Source[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n').filter(Boolean);
  const isIgnored = (path: string, name: string): boolean =>
    name === '.git' ||
    ignored.some((line) =>
      line.startsWith('*') ? name.endsWith(line.slice(1)) : line === path || line === name,
    );
  const read = (folder: string): Source[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((item) => {
      const path = folder === '' ? item.name : `${folder}/${item.name}`;
      if (isIgnored(path, item.name)) return [];
      if (item.isDirectory()) return read(path);
      if (!item.isFile() || pictures.test(path)) return [];
      return [{ path, text: readFileSync(join(root, path), 'utf8') }];
    });
  return read('');
}
