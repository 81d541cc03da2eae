import helmet from '@fastify/helmet';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { clientOf } from '../config/client-address.js';
import type { Settings } from '../config/settings.js';
import { Metrics } from '../health/metrics.service.js';
import { Log } from '../logging/log.service.js';
import { serveOpenApi } from '../openapi/openapi.launcher.js';
import { Throttle } from '../throttle/throttle.service.js';
import { ProblemFilter } from './problem.filter.js';
import { checkRoutes } from './routes.reader.js';
import { fastifyAdapter } from './transport.launcher.js';
import { ValidationPipe } from './validation.pipe.js';

/**
 * The whole HTTP app, ready to listen or to be injected into. Rejects when a route does not say
 * who may call it. Signals are the caller's business: end with `app.close()`.
 */
export async function createHttpApp(
  rootModule: Type | DynamicModule,
  settings: Settings,
  log: Log = new Log(settings),
): Promise<NestFastifyApplication> {
  const filter = new ProblemFilter(log);
  const adapter = fastifyAdapter(filter, settings.trustProxy);
  const app = await NestFactory.create<NestFastifyApplication>(rootModule, adapter, {
    logger: log,
    bodyParser: false,
    // Otherwise a failure while starting would end the process from inside the library.
    abortOnError: false,
  });
  try {
    app.useGlobalFilters(filter);
    app.useGlobalPipes(new ValidationPipe());
    checkRoutes(app);
    const server = adapter.getInstance<FastifyInstance>();
    await protectPages(server);
    endConnectionsWhenClosing(server);
    limitStrangers(server, app.get(Throttle, { strict: false }));
    observe(server, app.get(Metrics, { strict: false }), log);
    serveOpenApi(app, settings.docs);
    await app.init();
    await server.ready();
    return app;
  } catch (error) {
    // Its connections would keep a refused start alive; that one cannot close is the smaller fault.
    await app.close().catch((fault: unknown) => {
      log.event('warn', 'An app that did not start could not be closed', { err: fault });
    });
    throw error;
  }
}

/** Pages for people need scripts and styles of their own; answers for programs allow nothing. */
async function protectPages(server: FastifyInstance): Promise<void> {
  await server.register(helmet, {
    global: false,
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        upgradeInsecureRequests: null,
      },
    },
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (/^\/docs(?:[/?]|$)/.test(request.url)) {
      void reply.removeHeader('content-security-policy').removeHeader('cache-control');
      void reply.helmet();
    }
    done();
  });
}

/** Milliseconds: how often a closing server looks for idle connections, and how long it waits. */
const closing = { sweep: 100, patience: 10_000 };

/**
 * A closing server finishes what it has begun. Connections that were busy, or had said nothing yet,
 * when it began to close would be kept for more requests, and the process with them: they are told
 * to close with their answer, swept up when idle, and cut when the patience is over.
 */
function endConnectionsWhenClosing(server: FastifyInstance): void {
  let isClosing = false;
  server.addHook('preClose', (done) => {
    isClosing = true;
    const sweeping = setInterval(() => {
      server.server.closeIdleConnections();
    }, closing.sweep);
    const cutting = setTimeout(() => {
      server.server.closeAllConnections();
    }, closing.patience);
    server.server.once('close', () => {
      clearInterval(sweeping);
      clearTimeout(cutting);
    });
    done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) void reply.header('connection', 'close');
    done(null, payload);
  });
}

/** What no guard sees: pages about the API, and what is not there. */
function limitStrangers(server: FastifyInstance, throttle: Throttle): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 && !/^\/(?:docs|openapi\.json)(?:[/?]|$)/.test(request.url)) {
      done();
      return;
    }
    throttle.take('public', clientOf(request.ip), reply).then(() => {
      done();
    }, done);
  });
}

function observe(server: FastifyInstance, metrics: Metrics, log: Log): void {
  const debugging = log.isDebugging();
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const milliseconds = reply.elapsedTime;
    metrics.observe(request.method, route, reply.statusCode, milliseconds);
    if (debugging) {
      const { id, method } = request;
      const fields = { requestId: id, method, route, status: reply.statusCode, milliseconds };
      log.event('debug', 'Answered', fields);
    }
    done();
  });
}
