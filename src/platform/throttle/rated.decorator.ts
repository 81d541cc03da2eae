import { RequestMethod, applyDecorators } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/internal';
import { ApiExtension } from '@nestjs/swagger';
import type { RouteClass } from '../config/rates.js';

const ratedKey = 'fealty:rated';

/** The limit a route counts towards, where it is not that of its method; `none` = it has no limit. */
export function Rated(limit: RouteClass | 'none'): MethodDecorator {
  const declare: MethodDecorator = (_target, _name, descriptor) => {
    Reflect.defineMetadata(ratedKey, limit, descriptor.value as object);
  };
  return applyDecorators(declare, ApiExtension('x-rate-limit', limit));
}

/** What a handler counts towards: GET reads, everything else writes unless it says otherwise. */
export function ratedAs(handler: object): RouteClass | 'none' {
  const declared = Reflect.getMetadata(ratedKey, handler) as RouteClass | 'none' | undefined;
  if (declared !== undefined) return declared;
  return Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET ? 'reads' : 'writes';
}
