import { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module.js';
import { settingsFromEnvironment } from '../platform/config/environment.js';
import type { Settings } from '../platform/config/settings.js';
import { createHttpApp } from '../platform/http/http.launcher.js';
import { prepareShape } from '../programmes/laws/shape.schema.js';
import { demoAdminPath, demoKeyPath, seedDemo } from './demo/demo.launcher.js';
import { layFoundation, type RunningFoundation } from './foundation.launcher.js';

interface ServeOptions {
  demo?: boolean;
  port?: string;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('serve the API, on an embedded PostgreSQL unless DATABASE_URL is set')
    .option('--port <number>', 'port to listen on; PORT or 3000 when left out')
    .option('--demo', 'seed the demo programme first, once, and print lines to try')
    .addHelpText(
      'after',
      `
Examples:
  $ fealty serve
  $ PORT=8080 fealty serve --demo
  $ DATABASE_URL=postgres://server:...@db/fealty fealty serve`,
    )
    .action(async ({ demo, port }: ServeOptions) => {
      const options = port === undefined ? {} : { PORT: port };
      const settings = settingsFromEnvironment(options);
      // A demo's time can be moved, so that points can be seen maturing; a production's never.
      const moves = demo === true && !settings.production;
      await serve(
        moves ? settingsFromEnvironment({ ...options, TEST_CLOCK: 'on' }) : settings,
        demo === true,
      );
    });
}

/** Serves until the process is told to stop; answers what is under way before it goes. */
export async function serve(settings: Settings, demo: boolean): Promise<void> {
  const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const foundation = await layFoundation(settings, { migrate: settings.migrateOnStart, log: say });
  let app: NestFastifyApplication | undefined;
  try {
    app = await createHttpApp(AppModule.on(foundation), settings);
    prepareShape();
    if (demo) await seedDemo(app, settings.dataDir, say);
    await app.listen(settings.port, settings.host);
  } catch (error) {
    await app?.close();
    await foundation.close();
    throw error;
  }
  const url = await app.getUrl();
  // Whoever reads where it serves may stop it at once.
  stopOnSignal(app, foundation);
  say(demo ? demoGuide(url, foundation) : `Fealty serves ${url} on ${foundation.database}.`);
}

function stopOnSignal(app: NestFastifyApplication, foundation: RunningFoundation): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    app
      .close()
      .finally(() => foundation.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${String(error)}\n`);
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function demoGuide(url: string, { database, settings }: RunningFoundation): string {
  return `
Fealty serves ${url} on ${database}.
  API reference  ${url}/docs
  OpenAPI        ${url}/openapi.json
  Health         ${url}/health/ready

Try it in another terminal:

  export FEALTY=${url} KEY=$(cat ${demoKeyPath(settings.dataDir)})
  curl -s $FEALTY/v1/members -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
    -d '{"name":"Ada","card":"1815 1210","consent":{"textVersion":"terms-1","act":"ticked_box","channel":"web","at":"${new Date().toISOString()}"}}'
  curl -s $FEALTY/v1/purchases -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
    -H 'Idempotency-Key: try-1' \\
    -d '{"member":{"card":"1815 1210"},"reference":"till-1","occurredAt":"${new Date().toISOString()}","total":{"amount":4250,"currency":"GBP"},"lines":[{"category":"garden","quantity":1,"amount":4250}]}'
  curl -s $FEALTY/v1/rewards -H "Authorization: Bearer $KEY"
  curl -s $FEALTY/v1/test-clock -H "Authorization: Bearer $(cat ${demoAdminPath(settings.dataDir)})"

Stop with Ctrl-C; the data stays in ${settings.dataDir}.`;
}
