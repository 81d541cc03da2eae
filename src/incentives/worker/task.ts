/** What threads are given, and what they come to. */
import type { ProgrammeDocument } from '../../programmes/document.js';
import type { Fix } from '../fixes/fixes.js';
import type { Question } from '../history/lives.reader.js';
import type { Finding } from '../finding.js';
import type { AuditedWhole } from '../linear/proof.js';

export interface AuditTask {
  /** It keeps the laws. */
  document: ProgrammeDocument;
  /** From which on days are looked at; milliseconds since 1970 UTC. */
  at: number;
  before: ProgrammeDocument | undefined;
  /** Of earlier audits, whose witnesses are played again. */
  known: readonly Finding[];
  /** Whether changes are looked for that end what stops the document. */
  fix: boolean;
}

export interface AuditResult {
  audited: AuditedWhole;
  fixes: Fixes;
}

export interface HistoryTask extends Question {
  /** Where the server's own login role connects. */
  url: string;
}

/** Fixes of findings by their ids. */
export type Fixes = Readonly<Record<string, readonly Fix[]>>;
