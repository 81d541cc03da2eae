import type { Source } from './source.js';

/** Smallest trees that break one law each, by the law's name: a law that cannot fail is no law. */
const file = (path: string, text = ''): Source => ({ path, text });
const lines = (count: number): string => 'const a = 1;\n'.repeat(count);
// Written in parts, because the law on paths reads this file too.
const machinePath = ['', 'home', 'someone', 'notes.md'].join('/');
const notesBeside = ['..', 'shared', 'notes.md'].join('/');

export const broken: Readonly<Record<string, readonly Source[][]>> = {
  'imports follow the arrows': [
    [file('src/ledger/a.ts', "import { b } from '../members/b.js';")],
    [file('src/rules/a.ts', "import type { b } from '../platform/b.js';")],
    [file('src/platform/a.ts', "import { b } from '../rules/b.js';")],
    [file('src/access/a.ts', "export { b } from '../members/b.js';")],
    [file('src/members/a.ts', "const b = await import('../tiers/b.js');")],
    [file('src/programmes/a.ts', "type B = import('../accrual/b.js').B;")],
    [file('src/jobs/a.ts', "import '../accrual/b.js';")],
    [file('src/cli/a.ts', "import '../../test/support/b.js';")],
    [file('src/accrual/a.ts', "import '../main.js';")],
    [file('migrations/1-a.ts', "import '../src/rules/points.js';")],
    [file('src/gadgets/a.ts')],
    [file('src/stray.ts')],
  ],
  'rules import nothing but themselves': [
    [file('src/rules/a.ts', "import { createHash } from 'node:crypto';")],
    [file('src/rules/conditions/a.ts', "import type { Ajv } from 'ajv';")],
  ],
  'entities and controllers stay in their folder': [
    [file('src/tiers/a.ts', "import type { Member } from '../members/member.entity.js';")],
    [file('src/cli/a.command.ts', "import { M } from '../members/members.controller.js';")],
  ],
  'no cycle between folders': [
    [
      file('src/accrual/a.ts', "import '../redemptions/b.js';"),
      file('src/redemptions/b.ts'),
      file('src/redemptions/c.ts', "import '../accrual/d.js';"),
    ],
  ],
  'no cycle between files': [
    [
      file('src/rules/a.ts', "import './b.js';"),
      file('src/rules/b.ts', "import './c.js';"),
      file('src/rules/c.ts', "import type { A } from './a.js';"),
    ],
  ],
  'a file without a kind suffix is pure': [
    [file('src/ledger/a.ts', "import { Injectable } from '@nestjs/common';")],
    [file('src/ledger/a.ts', "import type { QueryRunner } from 'typeorm';")],
    [file('src/platform/a.ts', "import { readFile } from 'node:fs/promises';")],
    [file('src/members/a.ts', "import fs = require('node:fs');")],
    [file('src/members/a.ts', "import { MembersService } from './members.service.js';")],
  ],
  'a kind suffix is a known one': [
    [file('src/ledger/ledger.repository.ts')],
    [file('src/ledger/ledger.batch.service.ts')],
  ],
  'files are short': [[file('src/rules/a.ts', lines(251))], [file('test/a.spec.ts', lines(401))]],
  'functions are short': [
    [file('src/rules/a.ts', `export function a() {\n${lines(59)}}\n`)],
    [file('src/rules/a.ts', `export const a = () => {\n${lines(59)}};\n`)],
    [file('src/rules/a.ts', `class A {\n  a() {\n${lines(59)}}\n}\n`)],
  ],
  'constructors take few parameters': [
    [file('src/members/a.ts', 'class A { constructor(a, b, c, d, e, f, g) {} }')],
  ],
  'folders hold few files': [
    Array.from({ length: 15 }, (_, n) => file(`src/rules/a${String(n)}.ts`)),
  ],
  'folders nest two deep': [[file('src/rules/conditions/spend/a.ts')]],
  'every folder of src explains itself': [[file('src/rules/a.ts')]],
  'folders have telling names': [
    [file('src/common/a.ts')],
    [file('src/platform/utils/a.ts')],
    [file('test/helpers/a.ts')],
  ],
  'files have telling names': [
    [file('src/members/member-manager.ts')],
    [file('src/platform/base.service.ts')],
    [file('test/support/helper.mjs')],
  ],
  'the reference model is short': [[file('test/model/reference.ts', lines(301))]],
  'the reference model shares nothing with the engine': [
    [file('test/model/reference.ts', "import { act } from '../../src/rules/act.js';")],
    [file('test/model/reference.ts', "import type { Lot } from '../../src/rules/state.js';")],
    [file('test/model/reference.ts', "import { terms } from './terms.js';")],
    [file('test/model/terms.ts', "import type { Lot } from '../../src/rules/state.js';")],
    [file('test/model/terms.ts', 'export const graceDays = 30;')],
  ],
  'no barrels': [[file('src/rules/index.ts', "export * from './points.js';")]],
  'no forwardRef': [[file('src/members/a.module.ts', 'imports = [forwardRef(() => B)];')]],
  'types are not escaped': [
    [file('src/rules/a.ts', 'export const a = b as any;')],
    [file('src/rules/a.ts', 'export function a(b: any) {}')],
    [file('test/a.spec.ts', 'const a = b as unknown as string;')],
    [file('src/rules/a.ts', 'const a = (b as unknown) as string;')],
  ],
  'no Dto suffix': [
    [file('src/members/a.requests.ts', 'export class EnrolMemberDto {}')],
    [file('src/members/a.ts', 'export interface MemberDTO {}')],
  ],
  'no unfinished work is noted in comments': [
    [file('src/rules/a.ts', '// TODO: later\nexport const a = 1;')],
    [file('src/rules/a.ts', 'export function a() {\n  return 1;\n  /* fixme */\n}')],
    [file('test/a.spec.ts', 'const a = 1; // XXX')],
  ],
  'no test is singled out or left out': [
    [file('test/a.spec.ts', "it.only('a', () => {});")],
    [file('test/a.spec.ts', "describe.skip('a', () => {});")],
    [file('test/a.spec.ts', "(slow ? it.only : it)('a', () => {});")],
    [file('test/a.spec.ts', "xit('a', () => {});")],
    [file('test/a.spec.ts', "it.each([1]).skip('a', () => {});")],
  ],
  "only the ledger names the ledger's tables in SQL": [
    [file('src/members/a.ts', "const sql = 'SELECT * FROM postings';")],
    [file('src/members/a.ts', 'const sql = `JOIN lots l ON l.seq = ${n}`;')],
    [file('src/members/a.ts', 'const sql = `select ${columns}\n from "accounts"`;')],
    [file('src/members/a.ts', "const sql = 'update counters set used = 0';")],
    [file('src/jobs/a.ts', "const sql = 'INSERT INTO outbox VALUES ($1)';")],
  ],
  'nothing outside the repository is mentioned': [
    [file('README.md', `See ${machinePath}.`)],
    [file('src/rules/README.md', `See ${notesBeside}.`)],
  ],
};

/** What looks like a breach and is none; no law may object to any of it. */
export const sound: readonly Source[] = [
  file('README.md', 'Points move to src/home/ and ../shared-limits.md.'),
  file('src/main.ts', "import { NestFactory } from '@nestjs/core';\nimport './app.module.js';"),
  file('src/app.module.ts', "import './jobs/jobs.module.js';"),
  ...['', '/access', '/jobs', '/ledger', '/members', '/platform', '/rules'].map((folder) =>
    file(`src${folder}/README.md`),
  ),
  file('src/access/keys.ts', "import { createHash } from 'node:crypto';"),
  file('src/jobs/jobs.module.ts', "import '../ledger/ledger.service.js';"),
  file('src/ledger/ledger.service.ts', "const sql = 'SELECT * FROM lots';\nimport 'typeorm';"),
  file('src/members/members.ts', "import type { M } from './members.service.js';"),
  file('src/members/members.service.ts', "const help = 'Rebuilds points from entries.';"),
  file('src/platform/points-column.ts', "import type { Points } from '../rules/points.js';"),
  file('src/rules/points.ts', "export const words = 'TODO any forwardRef it.only(';"),
  file('src/rules/longest.ts', `export function a() {\n${lines(58)}}\n`),
  file('test/model/reference.ts', `import type { A } from './terms.js';\n// A\n${lines(299)}`),
  file('test/model/terms.ts', 'export interface A {\n  from: number;\n}'),
  file('test/a.spec.ts', `(linux ? it : it.skip)('a', () => {});\n${lines(399)}`),
];
