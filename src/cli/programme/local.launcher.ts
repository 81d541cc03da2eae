import { commandSettings } from '../../platform/config/environment.js';
import { DraftsService } from '../../programmes/drafts/drafts.service.js';
import { PlanService } from '../../programmes/plan/plan.service.js';
import { planView } from '../../programmes/plan/plan.views.js';
import { PilotsService } from '../../programmes/pilots/pilots.service.js';
import { pilotView } from '../../programmes/pilots/pilots.views.js';
import { pilotTerms } from '../../programmes/programmes.requests.js';
import { ProgrammesService, type Published } from '../../programmes/programmes.service.js';
import { publishedView } from '../../programmes/views/programmes.views.js';
import { withEngine } from '../foundation.launcher.js';
import type { Environment } from './environment.js';

/** Works on the database of the settings. */
export async function withLocal<T>(work: (environment: Environment) => Promise<T>): Promise<T> {
  return withEngine(commandSettings(), (engine, { database }) => {
    const programmes = engine.get(ProgrammesService);
    return work({
      name: database,
      pull: async (which) => {
        if (which === 'draft') return (await engine.get(DraftsService).read()).document;
        const version = which === 'live' ? programmes.live() : programmes.version(which);
        return (await version).document;
      },
      plan: async (document) => planView(await engine.get(PlanService).plan(document)),
      push: async (document, options) =>
        publishedView(
          await programmes.publish(document, {
            ...options,
            pilot: pilotTerms(options.pilot),
            by: 'cli',
          }),
          await programmes.moment(),
        ),
      end: async (no, how, effectiveAt) => {
        const outcome = how === 'promote' ? 'promoted' : 'withdrawn';
        const end = { effectiveAt, by: 'cli' };
        return pilotView(await engine.get(PilotsService).end(no, outcome, end));
      },
    });
  });
}

/** Publishes a document in that database; says what became of it. */
export const publishLocal = (
  document: unknown,
  options: { effectiveAt?: string },
): Promise<Published> =>
  withEngine(commandSettings(), (engine) =>
    engine.get(ProgrammesService).publish(document, { ...options, by: 'cli' }),
  );

/** The versions of that database, the first first. */
export const localVersions = (): ReturnType<ProgrammesService['versions']> =>
  withEngine(commandSettings(), (engine) => engine.get(ProgrammesService).versions());
