/** Finds one's way through the schema of a document, whatever value stands there. */
import schema from '../programme.schema.json' with { type: 'json' };

/** What is read of a JSON Schema. */
export interface SchemaNode {
  type?: string;
  title?: string;
  description?: string;
  $ref?: string;
  maxLength?: number;
  const?: unknown;
  enum?: readonly unknown[];
  properties?: Readonly<Record<string, SchemaNode>>;
  items?: SchemaNode;
  oneOf?: readonly SchemaNode[];
  /** Name of the definition a reference led to, such as `minorUnits`. */
  definition?: string;
}

const definitions: Readonly<Record<string, SchemaNode>> = schema.$defs;

/** The schema of a whole document. */
export const documentNode: SchemaNode = schema;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of an object's own, as a name like `constructor` would find what every object has. */
export const fieldOf = <T>(object: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** What a node says of a value: references followed, and of several kinds the value's own. */
export function nodeFor(node: SchemaNode | undefined, value: unknown): SchemaNode {
  if (node === undefined) return {};
  if (node.$ref !== undefined) {
    const definition = node.$ref.replace('#/$defs/', '');
    const { $ref: _, ...own } = node;
    return nodeFor({ ...fieldOf(definitions, definition), ...own, definition }, value);
  }
  if (node.oneOf === undefined) return node;
  const kind = isObject(value) ? fieldOf(value, 'kind') : undefined;
  const options = node.oneOf.map((option) => nodeFor(option, value));
  return options.find(({ properties }) => properties?.['kind']?.const === kind) ?? {};
}

/** The node of a field below a node that `nodeFor` has found. */
export const fieldNode = ({ properties = {} }: SchemaNode, name: string): SchemaNode | undefined =>
  fieldOf(properties, name);

/** Names as the schema orders them; those it does not know come last, by alphabet. */
export function inOrder({ properties = {} }: SchemaNode, names: Iterable<string>): string[] {
  const places = new Map(Object.keys(properties).map((name, place) => [name, place]));
  const placeOf = (name: string): number => places.get(name) ?? places.size;
  return [...new Set(names)].sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
}
