import { Inject, Injectable } from '@nestjs/common';
import { checkDocument } from '../check.js';
import { differences } from '../diff/diff.js';
import { currencyOf, sentence } from '../diff/diff-words.js';
import { DraftsService } from '../drafts/drafts.service.js';
import { findingsOf } from '../drafts/findings.js';
import type { Finding } from '../laws/finding.js';
import { ProgrammesService } from '../programmes.service.js';
import { ImpactService, type Impact } from './impact.service.js';

/** A change with the sentence that tells it. */
export interface ToldChange {
  kind: 'added' | 'removed' | 'changed' | 'moved';
  pointer: string;
  from?: string;
  before?: unknown;
  after?: unknown;
  says: string;
}

export interface Told {
  changes: ToldChange[];
  /** Changes beyond those told. */
  more: number;
}

export interface Plan extends Told {
  /** Number of the version that it would follow; 0 = none. */
  base: number;
  findings: readonly Finding[];
  /** Undefined while there are findings, or nothing to compare with. */
  impact: Impact | undefined;
}

/** A document of which one may speak: a version's number, or a word. */
export interface Named {
  name: string;
  /** Undefined = it is no version. */
  version: number | undefined;
  document: object;
}

/** Nobody reads more, and an unfinished draft may differ in every value. */
const TOLD_MAX = 2_000;

/** What would change if a document were published; it writes nothing. */
@Injectable()
export class PlanService {
  constructor(
    @Inject(ProgrammesService) private readonly programmes: ProgrammesService,
    @Inject(DraftsService) private readonly drafts: DraftsService,
    @Inject(ImpactService) private readonly impact: ImpactService,
  ) {}

  /** What publishing a document now would change, against the newest version. */
  async plan(document: object): Promise<Plan> {
    const newest = await this.programmes.newest();
    const before = newest?.document ?? {};
    const findings = findingsOf(document, before);
    const checked = checkDocument(document);
    const isSound = findings.length === 0 && newest !== undefined && 'document' in checked;
    return {
      ...told(before, document),
      base: newest?.no ?? 0,
      findings,
      impact: isSound ? await this.impact.of(newest.document, checked.document) : undefined,
    };
  }

  async planDraft(): Promise<Plan> {
    return this.plan((await this.drafts.read()).document);
  }

  async diff(from: string, to: string): Promise<Told & { from: Named; to: Named }> {
    const [earlier, later] = [await this.named(from), await this.named(to)];
    return { ...told(earlier.document, later.document), from: earlier, to: later };
  }

  /** `draft`, `live`, `newest`, or the number of a version. */
  private async named(name: string): Promise<Named> {
    if (name === 'draft') {
      return { name, version: undefined, document: (await this.drafts.read()).document };
    }
    if (name === 'newest') {
      const newest = await this.programmes.newest();
      return { name, version: newest?.no, document: newest?.document ?? {} };
    }
    const { no, document } =
      name === 'live' ? await this.programmes.live() : await this.programmes.version(Number(name));
    return { name, version: no, document };
  }
}

function told(from: object, to: object): Told {
  const currencies = { from: currencyOf(from), to: currencyOf(to) };
  const all = differences(from, to);
  const changes = all.slice(0, TOLD_MAX).map((difference) => {
    const { steps: _, ...change } = difference;
    return { ...change, says: sentence(difference, currencies) };
  });
  return { changes, more: all.length - changes.length };
}
