import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { HeadClaim } from './check-heads.js';
import { dayOfFile, fileNameOf, parseHeads, renderHeads } from './heads-file.js';
import { HeadsQueries } from './heads.queries.js';

/** Heads as files in a folder: written once, so that what has left the house is never replaced. */
@Injectable()
export class HeadsFolder {
  constructor(@Inject(HeadsQueries) private readonly heads: HeadsQueries) {}

  /** Writes the file of every day that has heads and no file yet; returns those days. */
  async writeMissing(folder: string): Promise<string[]> {
    await mkdir(folder, { recursive: true });
    const there = new Set((await readdir(folder)).map(dayOfFile));
    const missing = (await this.heads.days()).filter((day) => !there.has(day));
    for (const day of missing) {
      const draft = join(folder, `.${fileNameOf(day)}.${String(process.pid)}`);
      const file = await open(draft, 'w', 0o644);
      try {
        await file.writeFile(renderHeads(day, await this.heads.heads(day)));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, join(folder, fileNameOf(day)));
    }
    return missing;
  }

  /** Every head that the files of a folder hold. */
  async read(folder: string): Promise<HeadClaim[]> {
    const claims: HeadClaim[] = [];
    for (const name of (await readdir(folder)).sort()) {
      if (dayOfFile(name) === undefined) continue;
      claims.push(...parseHeads(name, await readFile(join(folder, name), 'utf8')));
    }
    return claims;
  }
}
