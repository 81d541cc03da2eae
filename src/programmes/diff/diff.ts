/** What has changed between two documents, which may both be unfinished: any JSON is compared. */
import { canonical } from '../../platform/http/canonical.js';
import {
  documentNode,
  fieldNode,
  inOrder,
  isObject,
  nodeFor,
  type JsonObject,
  type SchemaNode,
} from './schema-map.js';

/** One step from the root of a document to a place in it. */
export interface Step {
  /** Name of the field, or index in the list. */
  token: string;
  /** What the schema says of the value there. */
  node: SchemaNode;
  /** For an item of a list: the item as it was, or as it is if it is new. */
  item?: unknown;
  /** The list it is, or was, an item of. */
  siblings?: readonly unknown[];
}

export interface Difference {
  kind: 'added' | 'removed' | 'changed' | 'moved';
  /** JSON pointer into the later document; into the earlier one for what was removed. */
  pointer: string;
  /** Where what was moved was in the earlier document. */
  from?: string;
  /** Undefined = it was not there. */
  before?: unknown;
  /** Undefined = it is not there any more. */
  after?: unknown;
  steps: readonly Step[];
}

/** A place in both documents. Indices on the way to it may differ. */
interface Place {
  from: string;
  to: string;
  steps: readonly Step[];
}

/**
 * Every difference, in the order of the schema; none between equal documents, in whatever order
 * their fields are. Items are the same when their `code` or `id` is, or for lack of these their
 * `kind` or `period`, and values in lists when they are equal; lists in which such a key is missing or used twice are compared place by place. A move
 * is told of the fewest items whose places explain the new order.
 */
export function differences(from: unknown, to: unknown): Difference[] {
  return between(from, to, documentNode, { from: '', to: '', steps: [] });
}

function between(before: unknown, after: unknown, node: SchemaNode, place: Place): Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    return betweenLists(before, after, nodeFor(node, after), place);
  }
  if (isObject(before) && isObject(after) && before['kind'] === after['kind']) {
    return betweenObjects(before, after, nodeFor(node, after), place);
  }
  if (canonical(before) === canonical(after)) return [];
  return [{ kind: 'changed', pointer: place.to, before, after, steps: place.steps }];
}

function betweenObjects(
  before: JsonObject,
  after: JsonObject,
  node: SchemaNode,
  place: Place,
): Difference[] {
  const names = inOrder(node, [...Object.keys(before), ...Object.keys(after)]);
  return names.flatMap((name): Difference[] => {
    const known = fieldNode(node, name);
    const value = Object.hasOwn(after, name) ? after[name] : before[name];
    const inside = below(place, name, name, { token: name, node: nodeFor(known, value) });
    if (!Object.hasOwn(before, name)) return [added(inside, value)];
    if (!Object.hasOwn(after, name)) return [removed(inside, value)];
    return between(before[name], value, known ?? {}, inside);
  });
}

function betweenLists(
  before: readonly unknown[],
  after: readonly unknown[],
  { items = {} }: SchemaNode,
  place: Place,
): Difference[] {
  const { was, gone } = matched(before, after);
  const stays = longestRun(was.filter((index) => index !== undefined));
  const at = (from: number, to: number, item: unknown, siblings: readonly unknown[]): Place =>
    below(place, String(from), String(to), {
      token: String(to),
      node: nodeFor(items, item),
      item,
      siblings,
    });
  const lost = gone.map((index) => removed(at(index, index, before[index], before), before[index]));
  const rest = after.flatMap((item, index): Difference[] => {
    const old = was[index];
    if (old === undefined) return [added(at(index, index, item, after), item)];
    const inside = at(old, index, before[old], before);
    const changes = between(before[old], item, items, inside);
    return stays.has(old) ? changes : [moved(inside, before[old], item), ...changes];
  });
  return [...lost, ...rest];
}

/** For each item of `after` its index in `before`, and the indices of those that are gone. */
function matched(
  before: readonly unknown[],
  after: readonly unknown[],
): { was: (number | undefined)[]; gone: number[] } {
  const [keysBefore, keysAfter] = [before.map(keyOf), after.map(keyOf)];
  if (!areKeys(keysBefore) || !areKeys(keysAfter)) {
    const was = after.map((_, index) => (index < before.length ? index : undefined));
    return { was, gone: before.flatMap((_, index) => (index < after.length ? [] : [index])) };
  }
  const places = new Map(keysBefore.map((key, index) => [key, index]));
  const kept = new Set(keysAfter);
  return {
    was: keysAfter.map((key) => places.get(key)),
    gone: keysBefore.flatMap((key, index) => (kept.has(key) ? [] : [index])),
  };
}

function keyOf(item: unknown): string | undefined {
  if (Array.isArray(item)) return undefined;
  if (!isObject(item)) return `value ${JSON.stringify(item)}`;
  const key = item['code'] ?? item['id'] ?? item['kind'] ?? item['period'];
  return typeof key === 'string' ? `item ${key}` : undefined;
}

const areKeys = (keys: readonly (string | undefined)[]): boolean =>
  !keys.includes(undefined) && new Set(keys).size === keys.length;

/** The numbers of a longest ascending run, which need not be neighbours. All are distinct. */
function longestRun(numbers: readonly number[]): Set<number> {
  // The last number of the best run of each length, and what each number comes after in its run.
  const ends: number[] = [];
  const previous = new Map<number, number | undefined>();
  for (const number of numbers) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? Infinity) < number) low = middle + 1;
      else high = middle;
    }
    previous.set(number, ends[low - 1]);
    ends[low] = number;
  }
  const run = new Set<number>();
  for (let each = ends.at(-1); each !== undefined; each = previous.get(each)) run.add(each);
  return run;
}

const below = ({ from, to, steps }: Place, was: string, is: string, step: Step): Place => ({
  from: `${from}/${escaped(was)}`,
  to: `${to}/${escaped(is)}`,
  steps: [...steps, step],
});

const added = ({ to, steps }: Place, after: unknown): Difference => ({
  kind: 'added',
  pointer: to,
  after,
  steps,
});

const removed = ({ from, steps }: Place, before: unknown): Difference => ({
  kind: 'removed',
  pointer: from,
  before,
  steps,
});

const moved = ({ from, to, steps }: Place, before: unknown, after: unknown): Difference => ({
  kind: 'moved',
  pointer: to,
  from,
  before,
  after,
  steps,
});

/** A field name as one step of a JSON pointer (RFC 6901). */
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
