/** Programmes to audit: sane ones, and bad ones that are a sane one with at most two changes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch, type Operation } from 'rfc6902';
import type { ProgrammeDocument } from '../../src/programmes/document.js';

export interface Sane {
  name: string;
  /** What of it comes near an exploit without being one. */
  near: string;
  document: ProgrammeDocument;
}

/** What has to be found: by a law before publishing, or by a check of the audit. */
type Expected =
  | { law: string }
  | {
      check: string;
      /** Minor units that a member takes, or loses; give or take one point. */
      gain: number;
      /** Months to the first reward, give or take one. */
      months?: number;
      /** How the gain was worked out. */
      why: string;
      /** Whether it is found by comparing with the sane one, as the version before. */
      against?: 'sane';
      /** Whether it takes the proof beside the checks. */
      by?: 'proof';
    };

interface Bad {
  sane: string;
  /** The public case, or pattern, that it stands for. */
  case: string;
  patch: Operation[];
  expect: Expected;
}

export interface BadProgramme extends Bad {
  name: string;
  before: ProgrammeDocument;
  document: unknown;
}

/** From the root of the project, which tests start in. */
const folder = 'test/incentives/corpus';

const filesOf = (kind: string): [string, unknown][] =>
  readdirSync(join(folder, kind))
    .sort()
    .map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(join(folder, kind, file), 'utf8')),
    ]);

export const sanes = (): Sane[] => filesOf('sane').map(([, file]) => file as Sane);

export function bads(): BadProgramme[] {
  const before = new Map(sanes().map(({ name, document }) => [name, document]));
  return filesOf('bad').map(([name, file]) => {
    const bad = file as Bad;
    const sane = before.get(bad.sane);
    if (sane === undefined) throw new Error(`There is no sane programme ${bad.sane}.`);
    const document = structuredClone(sane);
    const failed = applyPatch(document, bad.patch).find((error) => error !== null);
    if (failed !== undefined) throw new Error(`${name} cannot be made: ${failed.message}`);
    return { ...bad, name, before: sane, document };
  });
}
