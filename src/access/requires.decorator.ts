import { DeclareAccess } from '../platform/http/route.decorator.js';
import type { Permission } from './permissions.js';

export { Public } from '../platform/http/route.decorator.js';

/** Only callers with this permission reach the route. */
export const Requires = (permission: Permission): MethodDecorator => DeclareAccess(permission);
