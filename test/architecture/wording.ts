import ts from 'typescript';
import {
  breach,
  fileName,
  folderOf,
  isCode,
  isUnder,
  lineOf,
  nodesOf,
  treeOf,
  type Law,
  type Source,
} from './source.js';

/** Folder names that say nothing about what is inside. */
const emptyFolderNames =
  /^(?:common|shared|utils?|helpers?|core|libs?|dto|interfaces|types|entities)$/;

/** Parts of file names that say nothing about what the file does. */
const emptyFileWords = /^(?:managers?|helpers?|utils?|processors?|handlers?|base|abstract|impl)$/;

/** Tables that only the ledger may read or write in SQL. */
export const ledgerTables: readonly string[] = [
  'postings',
  'entries',
  'lots',
  'accounts',
  'counters',
  'request_keys',
  'purchase_references',
  'outbox',
  'rolling_limits',
  'rolling_uses',
  'waiting_points',
  'limits',
  'limit_slots',
];

const isOurs = (source: Source): boolean =>
  isCode(source) && isUnder(source.path, 'src', 'web', 'test', 'bench', 'migrations');

/** A law about syntax: `judge` says what is wrong with a node, or nothing. */
function onNodes(
  name: string,
  governs: (source: Source) => boolean,
  judge: (node: ts.Node) => string | undefined,
): Law {
  return {
    name,
    breaches: (sources) =>
      sources.filter(governs).flatMap((source) =>
        nodesOf(source).flatMap((node) => {
          const wrong = judge(node);
          const line = lineOf(source, node.getStart());
          return wrong === undefined ? [] : [breach(source, `line ${line}: ${wrong}`)];
        }),
      ),
  };
}

const folderNames: Law = {
  name: 'folders have telling names',
  breaches: (sources) =>
    sources
      .filter(isOurs)
      .filter(({ path }) =>
        folderOf(path)
          .split('/')
          .some((part) => emptyFolderNames.test(part)),
      )
      .map((source) => breach(source, 'lies in a folder whose name says nothing')),
};

const fileNames: Law = {
  name: 'files have telling names',
  breaches: (sources) =>
    sources.filter(isOurs).flatMap((source) => {
      const words = fileName(source.path).split(/[.\-_]/);
      return words
        .filter((word) => emptyFileWords.test(word))
        .map((word) => breach(source, `has "${word}" in its name`));
    }),
};

const barrels: Law = {
  name: 'no barrels',
  breaches: (sources) =>
    sources
      .filter((source) => isOurs(source) && /^index\.[cm]?[jt]s$/.test(fileName(source.path)))
      .map((source) => breach(source, 'is a barrel')),
};

const lateReference = onNodes('no forwardRef', isOurs, (node) =>
  ts.isIdentifier(node) && node.text === 'forwardRef' ? 'forwardRef hides a cycle' : undefined,
);

const escapes = onNodes('types are not escaped', isOurs, (node) => {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any';
  if (!ts.isAsExpression(node)) return undefined;
  const inner = ts.isParenthesizedExpression(node.expression)
    ? node.expression.expression
    : node.expression;
  const twice = ts.isAsExpression(inner) && inner.type.kind === ts.SyntaxKind.UnknownKeyword;
  return twice ? 'as unknown as' : undefined;
});

const dtoNames = onNodes('no Dto suffix', isOurs, (node) =>
  (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) &&
  /dto$/i.test(node.name?.text ?? '')
    ? `${node.name?.text ?? ''} says how it travels, not what it is`
    : undefined,
);

const unfinished: Law = {
  name: 'no unfinished work is noted in comments',
  breaches: (sources) =>
    sources
      .filter(isOurs)
      .flatMap((source) =>
        commentsOf(source).flatMap((comment) =>
          (/\b(?:TODO|FIXME|XXX)\b/i.exec(comment) ?? []).map((word) => breach(source, word)),
        ),
      ),
};

function commentsOf(source: Source): string[] {
  const { text } = source;
  const ranges = new Map<number, number>();
  const note = (found: ts.CommentRange[] | undefined): void =>
    found?.forEach(({ pos, end }) => ranges.set(pos, end));
  const visit = (node: ts.Node): void => {
    note(ts.getLeadingCommentRanges(text, node.pos));
    note(ts.getTrailingCommentRanges(text, node.end));
    // Tokens, unlike forEachChild's nodes, include the brace a last comment stands before.
    node.getChildren().forEach(visit);
  };
  visit(treeOf(source));
  return [...ranges].map(([pos, end]) => text.slice(pos, end));
}

const wholeSuite = onNodes(
  'no test is singled out or left out',
  (source) => isCode(source) && isUnder(source.path, 'test'),
  (node) => {
    if (ts.isIdentifier(node) && /^(?:fit|fdescribe|xit|xtest|xdescribe)$/.test(node.text)) {
      return node.text;
    }
    if (!ts.isPropertyAccessExpression(node) || !/^(?:only|skip|todo)$/.test(node.name.text)) {
      return undefined;
    }
    if (!/^(?:it|test|describe)\b/.test(node.expression.getText())) return undefined;
    // `(hasDatabase ? it : it.skip)` states its condition, so a reader knows when it runs.
    const conditional = ts.isConditionalExpression(node.parent) && node.name.text === 'skip';
    return conditional ? undefined : node.getText();
  },
);

const names = ledgerTables.join('|');
// In capitals it is SQL anywhere; in small letters only in a statement, since prose speaks so too.
const inCapitals = new RegExp(
  `\\b(?:FROM|INTO|UPDATE|JOIN|COPY|TABLE|TRUNCATE)\\s+(?:ONLY\\s+)?"?(${names})\\b`,
);
const inStatement = new RegExp(
  `^\\s*(?=(?:select|insert|update|delete|with)\\b)[^]*?\\b(?:from|into|update|join)\\s+"?(${names})\\b`,
  'i',
);

const tables = onNodes(
  "only the ledger names the ledger's tables in SQL",
  (source) => isCode(source) && isUnder(source.path, 'src') && !isUnder(source.path, 'src/ledger'),
  (node) => {
    if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) return undefined;
    const text = node.getText();
    const found = inCapitals.exec(text) ?? inStatement.exec(text.slice(1, -1));
    return found === null ? undefined : `SQL on ${found[1] ?? 'a table of the ledger'}`;
  },
);

// A machine's folders, and the notes beside the repository that a reader does not have.
const foreign = /(?<![\w.])\/(?:work|root|home)\/|\.\.\/shared(?![-\w])/;

const elsewhere: Law = {
  name: 'nothing outside the repository is mentioned',
  breaches: (sources) =>
    sources.flatMap((source) => {
      const found = foreign.exec(source.text);
      return found === null ? [] : [breach(source, `mentions ${found[0]}`)];
    }),
};

export const wordingLaws: Law[] = [
  folderNames,
  fileNames,
  barrels,
  lateReference,
  escapes,
  dtoNames,
  unfinished,
  wholeSuite,
  tables,
  elsewhere,
];
