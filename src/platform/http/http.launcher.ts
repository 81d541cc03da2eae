import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  onResponseHookHandler,
} from 'fastify';
import helmet from 'helmet';
import { clientOf } from '../config/client-address.js';
import type { Settings } from '../config/settings.js';
import { Metrics } from '../health/metrics.service.js';
import { Log } from '../logging/log.service.js';
import { serveOpenApi } from '../openapi/openapi.launcher.js';
import { Throttle } from '../throttle/throttle.service.js';
import { ProblemFilter } from './problem.filter.js';
import { readRoutes, type Door } from './routes.reader.js';
import { fastifyAdapter } from './transport.launcher.js';

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
    const door = readRoutes(app);
    const server = adapter.getInstance<FastifyInstance>();
    endConnectionsWhenClosing(server);
    guardRoutes(server, app.get(Throttle, { strict: false }), door);
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

/**
 * What stands before each handler is fixed when its route is registered, so that no request has to
 * be looked at to find out. Nest's own guards and pipes would make a dozen promises for each.
 */
function guardRoutes(server: FastifyInstance, throttle: Throttle, door: Door | undefined): void {
  const limit = (request: FastifyRequest, reply: FastifyReply): Promise<void> =>
    throttle.take('public', clientOf(request.ip), reply);
  server.addHook('onRoute', (route) => {
    const { access, shape } = route.config ?? {};
    if (access === undefined || shape === undefined) {
      route.onRequest = aboutApi(route.url, limit);
      return;
    }
    if (door !== undefined) {
      route.preValidation = (request, reply, done) => {
        const admitted = door.admit(access, request, reply);
        if (admitted === undefined) done();
        else admitted.then(() => done(), done);
      };
    }
    route.preHandler = (request, _reply, done) => {
      shape(request);
      done();
    };
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (request.is404) limit(request, reply).then(() => done(), done);
    else done();
  });
}

/** What no controller serves, and so no door: pages about the API alone. */
function aboutApi(
  url: string,
  limit: (request: FastifyRequest, reply: FastifyReply) => Promise<void>,
): onRequestHookHandler {
  const isPage = /^\/docs(?:\/|$)/.test(url);
  if (!isPage && url !== '/openapi.json') throw new Error(`${url} is a route of no controller`);
  return (request, reply, done) => {
    limit(request, reply).then(() => {
      if (!isPage) {
        done();
        return;
      }
      void reply.removeHeader('content-security-policy').removeHeader('cache-control');
      protectPage(request.raw, reply.raw, done as (error?: unknown) => void);
    }, done);
  };
}

/** Pages for people need scripts and styles of their own; answers for programs allow nothing. */
const protectPage = helmet({
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      styleSrc: ["'self'", "'unsafe-inline'"],
      upgradeInsecureRequests: null,
    },
  },
});

function observe(server: FastifyInstance, metrics: Metrics, log: Log): void {
  const debugging = log.isDebugging();
  const seenAt =
    (route: string): onResponseHookHandler =>
    (request, reply, done) => {
      const { id, method } = request;
      const milliseconds = reply.elapsedTime;
      metrics.observe(method, route, reply.statusCode, milliseconds);
      if (debugging) {
        const fields = { requestId: id, method, route, status: reply.statusCode, milliseconds };
        log.event('debug', 'Answered', fields);
      }
      done();
    };
  const nowhere = seenAt('unknown');
  server.addHook('onRoute', (route) => {
    route.onResponse = seenAt(route.url);
  });
  server.addHook('onResponse', (request, reply, done) => {
    if (request.is404) nowhere.call(server, request, reply, done);
    else done();
  });
}
