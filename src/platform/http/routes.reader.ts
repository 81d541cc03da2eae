import type { INestApplication, Type } from '@nestjs/common';
import { PATH_METADATA, ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import {
  ApplicationConfig,
  DiscoveryService,
  MetadataScanner,
  ModulesContainer,
} from '@nestjs/core';
import { fieldsOf } from '../validation/field-table.js';
import { PUBLIC, accessOf, hasUncheckedBody } from './route.decorator.js';

/**
 * Throws unless every route says exactly once who may call it, and every body that is taken has a
 * request class. Both hold by type and habit; this is for the day they do not.
 */
export function checkRoutes(app: INestApplication): void {
  const controllers = new DiscoveryService(app.get(ModulesContainer)).getControllers();
  const faults: string[] = [];
  let guarded = false;
  for (const { metatype } of controllers) {
    if (typeof metatype !== 'function') continue;
    for (const route of routesOf(metatype as Type)) {
      faults.push(...faultsOf(route));
      guarded ||= accessOf(route.handler).some((access) => access !== PUBLIC);
    }
  }
  if (guarded && app.get(ApplicationConfig).getGlobalGuards().length === 0) {
    faults.push('There are routes with permissions, but no global guard.');
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

interface Route {
  controller: Type;
  name: string;
  handler: object;
}

function routesOf(controller: Type): Route[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function') return [];
    return Reflect.hasMetadata(PATH_METADATA, handler) ? [{ controller, name, handler }] : [];
  });
}

function faultsOf({ controller, name, handler }: Route): string[] {
  const route = `${controller.name}.${name}`;
  const faults: string[] = [];
  const declared = accessOf(handler);
  if (declared.length === 0) faults.push(`${route} declares neither a permission nor @Public().`);
  if (declared.length > 1) faults.push(`${route} declares more than one: ${declared.join(', ')}.`);
  if (!hasUncheckedBody(handler) && takesUncheckedBody(controller, name)) {
    faults.push(`${route} takes a body or query without a request class.`);
  }
  return faults;
}

const checked = new Set([String(RouteParamtypes.BODY), String(RouteParamtypes.QUERY)]);

function takesUncheckedBody(controller: Type, name: string): boolean {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
    string,
    { index: number }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ??
    []) as (Type | undefined)[];
  return Object.entries(args).some(([key, { index }]) => {
    if (!checked.has(key.split(':')[0] ?? '')) return false;
    const type = types[index];
    return type === undefined || fieldsOf(type).size === 0;
  });
}
