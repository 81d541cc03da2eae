import type { INestApplication, Type } from '@nestjs/common';
import { PATH_METADATA, ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteClass } from '../config/rates.js';
import { ratedAs } from '../throttle/rated.decorator.js';
import { fieldsOf, type RequestClass } from '../validation/field-table.js';
import { PUBLIC, accessOf, hasUncheckedBody, takenBy, type Taken } from './route.decorator.js';
import { shapeOf, type Shape } from './shape.reader.js';

/** Who may call a route, and what that counts towards. */
export interface Access {
  /** The permission that is needed, or `PUBLIC`. */
  needed: string;
  rated: RouteClass | 'none';
}

/** Lets a request in or refuses it by throwing; `access` provides one. */
export abstract class Door {
  /** A promise only where something has to be waited for. */
  abstract admit(
    access: Access,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> | undefined;
}

declare module 'fastify' {
  interface FastifyContextConfig extends Taken {
    /** Of every route of a controller. */
    access?: Access;
    shape?: Shape;
  }
}

/**
 * Tells the transport of every route who may call it and what it takes. Throws unless each says
 * exactly once who may, and every body that is taken has a request class: both hold by type and
 * habit; this is for the day they do not. Undefined = there is no door, and every route is public.
 */
export function readRoutes(app: INestApplication): Door | undefined {
  const discovery = new DiscoveryService(app.get(ModulesContainer));
  const routes = discovery.getControllers().flatMap(({ metatype }) => routesOf(metatype));
  const faults = routes.flatMap(faultsOf);
  const door = discovery.getProviders().find(({ token }) => token === Door)?.instance as unknown;
  const isGuarded = routes.some(({ handler }) => accessOf(handler).some((any) => any !== PUBLIC));
  if (isGuarded && !(door instanceof Door)) {
    faults.push('There are routes with permissions, but no door.');
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  for (const route of routes) tell(route);
  return door instanceof Door ? door : undefined;
}

interface Route {
  controller: Type;
  name: string;
  handler: object;
}

function routesOf(metatype: unknown): Route[] {
  if (typeof metatype !== 'function') return [];
  const controller = metatype as Type;
  const prototype = controller.prototype as Record<string, unknown>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function') return [];
    return Reflect.hasMetadata(PATH_METADATA, handler) ? [{ controller, name, handler }] : [];
  });
}

function tell(route: Route): void {
  const { handler } = route;
  const [needed = ''] = accessOf(handler);
  const { query, body } = classesOf(route);
  const config = {
    ...takenBy(handler),
    access: { needed, rated: ratedAs(handler) },
    shape: shapeOf(checkable(query), checkable(body)),
  };
  RouteConfig(config)(handler as () => unknown);
}

function faultsOf(route: Route): string[] {
  const { controller, name, handler } = route;
  const title = `${controller.name}.${name}`;
  const faults: string[] = [];
  const declared = accessOf(handler);
  if (declared.length === 0) faults.push(`${title} declares neither a permission nor @Public().`);
  if (declared.length > 1) faults.push(`${title} declares more than one: ${declared.join(', ')}.`);
  const isChecked = Object.values(classesOf(route)).every((type) => checkable(type) !== undefined);
  if (!isChecked && !hasUncheckedBody(handler)) {
    faults.push(`${title} takes a body or query without a request class.`);
  }
  return faults;
}

/** Undefined when the type is no request class. */
const checkable = (type: RequestClass | undefined): RequestClass | undefined =>
  type !== undefined && fieldsOf(type).size > 0 ? type : undefined;

const kinds: Readonly<Record<string, 'query' | 'body' | undefined>> = {
  [RouteParamtypes.QUERY]: 'query',
  [RouteParamtypes.BODY]: 'body',
};

/** The types of what is taken, as they are written at the parameters of the handler. */
function classesOf({ controller, name }: Route): {
  query?: RequestClass | undefined;
  body?: RequestClass | undefined;
} {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
    string,
    { index: number }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ??
    []) as (RequestClass | undefined)[];
  const taken = Object.entries(args).flatMap(([key, { index }]) => {
    const kind = kinds[key.split(':')[0] ?? ''];
    return kind === undefined ? [] : [[kind, types[index]] as const];
  });
  return Object.fromEntries(taken);
}
