/** One statement; `name` makes it a prepared one, and is that of no other. */
export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}
