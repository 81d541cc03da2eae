import { STATUS_CODES } from 'node:http';
import { Header, HttpCode, SetMetadata, applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiExtension,
  ApiOperation,
  ApiProduces,
  ApiResponse,
} from '@nestjs/swagger';
import { patchMedia } from './json.js';

/** What a public route has in place of a permission. */
export const PUBLIC = 'public';

const accessKey = 'fealty:access';
const uncheckedKey = 'fealty:unchecked-body';
const takenKey = 'fealty:taken';

/** What a route takes in place of a body of `application/json`. */
export interface Taken {
  /** Lines of JSON, unparsed. */
  ndjson?: boolean;
  /** Whether it takes a table as well, unparsed. */
  csv?: boolean;
  /** Other media types of JSON. */
  media?: readonly string[];
}

const Takes = (taken: Taken): MethodDecorator => SetMetadata(takenKey, taken);

export const takenBy = (handler: object): Taken =>
  (Reflect.getMetadata(takenKey, handler) ?? {}) as Taken;

/** States which permission a route needs; the door of `access` asks for it. */
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

/**
 * What a route answers when all is well: with which status, in the shape of which view, and in one
 * line what it does. An answer that is not JSON names its media type.
 */
export function Answers(
  status: number,
  view: Type | [Type] | undefined,
  summary: string,
  media?: string,
): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    AlsoAnswers(status, view),
    ...(media === undefined
      ? []
      : [Header('content-type', media), ApiProduces(media.replace(/;.*/, ''))]),
  );
}

/** Another status the handler may choose. */
export const AlsoAnswers = (status: number, view?: Type | [Type]): MethodDecorator =>
  ApiResponse({ status, description: STATUS_CODES[status] ?? '', ...(view && { type: view }) });

/** The route takes newline-delimited JSON as an unparsed stream, of any length; or a table. */
export const Ndjson = (line?: Type, { csv = false } = {}): MethodDecorator =>
  applyDecorators(
    Takes({ ndjson: true, csv }),
    ApiConsumes('application/x-ndjson', ...(csv ? ['text/csv'] : [])),
    ...(line === undefined
      ? []
      : [ApiBody({ type: line, description: 'One such object a line.' })]),
    UncheckedBody(),
  );

/** The route takes a change of a JSON document, as a merge patch or as a list of operations. */
export const TakesPatch = (): MethodDecorator =>
  applyDecorators(
    Takes({ media: patchMedia }),
    ApiConsumes(...patchMedia),
    ApiBody({
      description: 'A merge patch (RFC 7396), or operations of a JSON patch (RFC 6902).',
      schema: { oneOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }] },
    }),
    UncheckedBody(),
  );

/** The body has no request class: the handler checks it itself. */
export const UncheckedBody = (): MethodDecorator => (_target, _name, descriptor) => {
  Reflect.defineMetadata(uncheckedKey, true, descriptor.value as object);
};

export function hasUncheckedBody(handler: object): boolean {
  return Reflect.getMetadata(uncheckedKey, handler) === true;
}
