import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typed = ['src/**/*.ts', 'migrations/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'];

// What depends on clock or chance cannot be replayed; the points of history must be.
const clockAndChance = [
  { object: 'Date', property: 'now', message: 'Take the instant as an argument.' },
  { object: 'performance', property: 'now', message: 'Take the instant as an argument.' },
  { object: 'Math', property: 'random', message: 'Take ids and draws as arguments.' },
];
const currentTime = {
  selector: ':matches(NewExpression, CallExpression)[callee.name="Date"][arguments.length=0]',
  message: 'Take the instant as an argument.',
};
const copiedLiteral = {
  selector: 'ObjectExpression > SpreadElement > ObjectExpression',
  message: 'Write the fields: a literal that is copied is slower, and harder to read.',
};
// Settings are read once, checked together and injected; see src/platform/config.
const environment = {
  object: 'process',
  property: 'env',
  message: 'Only src/platform/config reads the environment.',
};
const environmentImports = {
  paths: [
    { name: 'node:process', importNames: ['env'], message: environment.message },
    { name: 'process', message: 'Say node:process.' },
  ],
};
// Node's globals need no import, so the arrows of test/architecture cannot see them.
const outsideWorld = [
  'process',
  'console',
  'fetch',
  'crypto',
  'setTimeout',
  'setInterval',
  'setImmediate',
];

const lines = (max) => ['error', { max, skipBlankLines: false, skipComments: false }];

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '.data/', 'coverage/', 'bench/results/', '.stryker/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    rules: {
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' },
    },
    rules: { 'no-unused-vars': ['error', { ignoreRestSiblings: true }] },
  },
  {
    files: typed,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // A Nest module is an empty class whose decorator says everything.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // Interfaces of Nest and TypeORM ask for promises from methods that have nothing to await,
      // and only `async` turns their exceptions into rejections.
      '@typescript-eslint/require-await': 'off',
      // Request classes and settings are shapes: a literal that fits one is one.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/promise-function-async': ['error', { checkArrowFunctions: false }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/prefer-optional-chain': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'migrations/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', copiedLiteral],
      'no-restricted-properties': ['error', environment],
      'no-restricted-imports': ['error', environmentImports],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'max-lines': lines(250), 'max-lines-per-function': lines(60) },
  },
  // Generated from the schema, which is what people read.
  { files: ['src/programmes/document.ts'], rules: { 'max-lines': 'off' } },
  {
    // Generated from the schema, and nobody's to shorten.
    files: ['src/programmes/document.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['src/rules/**/*.ts', 'src/ledger/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', environment, ...clockAndChance],
      'no-restricted-syntax': ['error', currentTime, copiedLiteral],
    },
  },
  {
    files: ['src/rules/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...outsideWorld] },
  },
  {
    files: ['src/platform/config/**/*.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off' },
  },
  { files: ['src/cli/**', 'bench/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': lines(400),
      // Jest's matchers (expect.any, expect.objectContaining) are typed `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
