import ts from 'typescript';

/** A file as the laws see it: its path from the repository root, and its text. */
export interface Source {
  path: string;
  text: string;
}

export interface Breach {
  path: string;
  detail: string;
}

export interface Law {
  name: string;
  breaches: (sources: readonly Source[]) => Breach[];
}

export interface Import {
  /** As written, e.g. `../ledger/posting.js` or `typeorm`. */
  specifier: string;
  /** The file meant, from the repository root; absent when a package is meant. */
  target: string | undefined;
  typeOnly: boolean;
}

export const breach = (source: Source, detail: string): Breach => ({ path: source.path, detail });

export const isCode = ({ path }: Source): boolean => /\.[cm]?[jt]s$/.test(path);

export const isUnder = (path: string, ...folders: string[]): boolean =>
  folders.some((folder) => path.startsWith(`${folder}/`));

export const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');

export const fileName = (path: string): string => path.split('/').at(-1) ?? path;

export const lineCount = (text: string): number => text.replace(/\n$/, '').split('\n').length;

const trees = new WeakMap<Source, ts.SourceFile>();

/** The syntax tree of a file, parsed once however many laws read it. */
export function treeOf(source: Source): ts.SourceFile {
  const known = trees.get(source);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2023, true);
  trees.set(source, tree);
  return tree;
}

export function nodesOf(source: Source): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(treeOf(source));
  return nodes;
}

export const lineOf = (source: Source, position: number): number =>
  treeOf(source).getLineAndCharacterOfPosition(position).line + 1;

/** Every way one file can name another: import, export from, import(), import type, require. */
export function importsOf(source: Source): Import[] {
  return nodesOf(source).flatMap((node) => {
    const found = moduleNamed(node);
    if (found === undefined) return [];
    const { name, typeOnly } = found;
    return [{ specifier: name.text, target: resolve(source.path, name.text), typeOnly }];
  });
}

function moduleNamed(node: ts.Node): { name: ts.StringLiteralLike; typeOnly: boolean } | undefined {
  const named = (name: ts.Node | undefined, typeOnly: boolean) =>
    name !== undefined && ts.isStringLiteralLike(name) ? { name, typeOnly } : undefined;
  if (ts.isImportDeclaration(node)) {
    return named(node.moduleSpecifier, importsTypesOnly(node.importClause));
  }
  if (ts.isExportDeclaration(node)) return named(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return named(node.argument.literal, true);
  }
  if (ts.isExternalModuleReference(node)) return named(node.expression, false);
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    const loads =
      expression.kind === ts.SyntaxKind.ImportKeyword ||
      (ts.isIdentifier(expression) && expression.text === 'require');
    return loads ? named(node.arguments[0], false) : undefined;
  }
  return undefined;
}

function importsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined) return false;
  return ts.isNamedImports(bindings) && bindings.elements.every((element) => element.isTypeOnly);
}

function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const parts = folderOf(from).split('/');
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/').replace(/\.js$/, '.ts');
}
