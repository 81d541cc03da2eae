import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiConsumes, ApiExtension } from '@nestjs/swagger';

/** What a public route has in place of a permission. */
export const PUBLIC = 'public';

const accessKey = 'fealty:access';
const uncheckedKey = 'fealty:unchecked-body';

/** States which permission a route needs; the guard of `access` reads it. */
export function DeclareAccess(permission: string): MethodDecorator {
  const declare: MethodDecorator = (_target, _name, descriptor) => {
    const handler = descriptor.value as object;
    Reflect.defineMetadata(accessKey, [...accessOf(handler), permission], handler);
  };
  const documented = ApiExtension('x-permission', permission);
  if (permission === PUBLIC) return applyDecorators(declare, documented);
  return applyDecorators(declare, documented, ApiBearerAuth());
}

/** Anyone may call the route, without a credential. */
export const Public = (): MethodDecorator => DeclareAccess(PUBLIC);

/** Everything declared of a handler: exactly one entry, or the app does not start. */
export function accessOf(handler: object): readonly string[] {
  return (Reflect.getMetadata(accessKey, handler) ?? []) as readonly string[];
}

/** The route takes newline-delimited JSON as an unparsed stream, of any length. */
export const Ndjson = (): MethodDecorator =>
  applyDecorators(
    RouteConfig({ ndjson: true }),
    ApiConsumes('application/x-ndjson'),
    UncheckedBody(),
  );

/** The body has no request class: the handler checks it itself. */
export const UncheckedBody = (): MethodDecorator => (_target, _name, descriptor) => {
  Reflect.defineMetadata(uncheckedKey, true, descriptor.value as object);
};

export function hasUncheckedBody(handler: object): boolean {
  return Reflect.getMetadata(uncheckedKey, handler) === true;
}
