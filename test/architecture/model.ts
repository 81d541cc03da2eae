import ts from 'typescript';
import { breach, importsOf, lineOf, treeOf, type Law, type Source } from './source.js';

/** All that says what the engine has to answer is in one file, and what it is given in the other. */
const reference = 'test/model/reference.ts';
const shapes = 'test/model/terms.ts';

/** Lines that are neither blank nor comment alone. */
const codeLinesMax = 300;

const isCodeLine = (line: string): boolean => !/^\s*(?:$|\/\/|\/?\*)/.test(line);

const short: Law = {
  name: 'the reference model is short',
  breaches: (sources) =>
    named(sources, reference).flatMap((source) => {
      const lines = source.text.split('\n').filter(isCodeLine).length;
      const detail = `has ${lines} lines of code, ${codeLinesMax} allowed`;
      return lines > codeLinesMax ? [breach(source, detail)] : [];
    }),
};

/** A fault that model and engine had in common would never be found. */
const independent: Law = {
  name: 'the reference model shares nothing with the engine',
  breaches: (sources) => [
    ...named(sources, reference).flatMap((source) =>
      importsOf(source)
        .filter(({ target, typeOnly }) => target !== undefined && !(target === shapes && typeOnly))
        .map(({ specifier }) => breach(source, `imports ${specifier}`)),
    ),
    ...named(sources, shapes).flatMap((source) =>
      treeOf(source)
        .statements.filter((each) => !ts.isInterfaceDeclaration(each))
        .filter((each) => !ts.isTypeAliasDeclaration(each))
        .map((each) => breach(source, `line ${lineOf(source, each.getStart())}: is not a type`)),
    ),
  ],
};

const named = (sources: readonly Source[], path: string): Source[] =>
  sources.filter((source) => source.path === path);

export const modelLaws: Law[] = [short, independent];
