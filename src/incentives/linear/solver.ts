/** The largest sum of a linear programme, by HiGHS. */
import highsModule, { type Highs } from 'highs';
import type { Column } from './column.js';

export interface Solved {
  /** The largest sum, in minor units. */
  value: number;
  /** How often each column is done. */
  times: readonly number[];
  /** What one more of each limit would bring, by its id: minor units per whole one. */
  worth: ReadonlyMap<string, number>;
}

/** At most so much of a sum over the columns; coefficients in whole ones. */
interface Limit {
  id: string;
  most: number;
}

export interface Linear {
  columns: readonly Column[];
  /** What there is of each row, in whole ones. */
  limits: readonly Limit[];
  /** What each column brings, in minor units. */
  brings: (column: Column) => number;
  /** At most so many acts in all; undefined = no limit. */
  acts?: number;
}

/** Undefined = there is no end to it. */
export type Solver = (linear: Linear) => Solved | undefined;

let loaded: Promise<Highs> | undefined;

/** Loads the solver, once. */
export async function solver(): Promise<Solver> {
  loaded ??= loader()();
  const highs = await loaded;
  return (linear) => solve(highs, linear);
}

/** Its types describe a CommonJS module, where a loader is the default of the default. */
function loader(): Loader {
  const found: unknown = highsModule;
  if (!isLoader(found)) throw new Error('invariant: highs exports its loader');
  return found;
}

type Loader = typeof highsModule.default;

const isLoader = (found: unknown): found is Loader => typeof found === 'function';

function solve(highs: Highs, { columns, limits, brings, acts }: Linear): Solved | undefined {
  const rows = new Map(limits.map(({ id }, place) => [id, place]));
  const most = limits.map((limit) => limit.most);
  if (acts !== undefined) most.push(acts);
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const { uses } of columns) {
    for (const [id, amount] of uses) {
      const row = rows.get(id);
      if (row === undefined) throw new Error(`invariant: ${id} is a row`);
      indices.push(row);
      values.push(Number(amount) / 1e9);
    }
    if (acts !== undefined) {
      indices.push(limits.length);
      values.push(1);
    }
    starts.push(indices.length);
  }
  const { objectiveSense, modelStatus } = highs.constants;
  const shape = { numRows: most.length, numCols: columns.length };
  const model = {
    ...shape,
    sense: objectiveSense.maximize,
    colCost: columns.map(brings),
    colLower: columns.map(() => 0),
    colUpper: columns.map(() => highs.infinity),
    rowLower: most.map(() => -highs.infinity),
    rowUpper: most,
    matrix: { format: 'csc' as const, ...shape, starts, indices, values },
  };
  return highs.withModel(model, (ready) => {
    ready.options.set('output_flag', false);
    ready.run();
    const status = ready.getModelStatus();
    if (status === modelStatus.unbounded || status === modelStatus.unboundedOrInfeasible) {
      return undefined;
    }
    if (status !== modelStatus.optimal)
      throw new Error(`HiGHS ended with status ${String(status)}`);
    const { colValue, rowDual } = ready.getSolution();
    return {
      value: ready.getObjectiveValue(),
      times: [...colValue],
      worth: new Map(limits.map(({ id }, place) => [id, Math.abs(rowDual[place] ?? 0)])),
    };
  });
}
