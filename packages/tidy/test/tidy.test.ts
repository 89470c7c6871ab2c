import { fileURLToPath } from 'node:url';
import { figuresOf, TOURS } from '../src/figures.ts';
import { rules } from '../src/rules/all.ts';
import * as imports from '../src/rules/imports.ts';
import * as records from '../src/rules/records.ts';
import * as text from '../src/rules/text.ts';
import { type Finding, type Project, parse, readProject } from '../src/source.ts';

const project = readProject(fileURLToPath(new URL('../../../', import.meta.url)));
const shown = (findings: readonly Finding[]) => findings.map(({ file, line, message }) => `${file}:${line} ${message}`);

describe('the checkout', () => {
  test.each(Object.entries(rules))('keeps the rule %s', (_name, rule) => {
    expect(shown(rule(project))).toEqual([]);
  });

  test('still has the files of its two tours', () => {
    const paths = new Set(project.files.map(({ path }) => path));
    expect(
      Object.values(TOURS)
        .flat()
        .filter((path) => !paths.has(path)),
    ).toEqual([]);
  });

  test('stays within the figures of CONTRIBUTING.md', () => {
    const figures = figuresOf(project);
    expect(figures.longFunctionsShare).toBe(0);
    expect(figures.pureShareWithPackages).toBeGreaterThanOrEqual(0.3);
    expect(Math.max(...Object.values(figures.hops))).toBeLessThanOrEqual(6);
  });
});

/** A checkout of the given files, so that each rule is seen to find what it is for. */
const checkout = (files: Readonly<Record<string, string>>): Project => ({
  root: '/',
  files: Object.entries(files)
    .filter(([path]) => path.endsWith('.ts'))
    .map(([path, source]) => parse(path, source)),
  read: (path) => files[path],
});
const billing = (file: string) => `services/billing/src/${file}.ts`;

describe('a rule finds what it is for', () => {
  test.each<[string, (project: Project) => Finding[], Readonly<Record<string, string>>, string]>([
    [
      'a core that imports a store',
      imports.roleImports,
      { [billing('loans/loan')]: "import { x } from './loans.store.ts';" },
      'may not import a store file',
    ],
    [
      'a core that imports a library',
      imports.roleImports,
      { [billing('loans/loan')]: "import { x } from 'typeorm';" },
      'may not import typeorm',
    ],
    [
      'a module that imports a later one',
      imports.roleImports,
      { [billing('ledger/posting')]: "import { x } from '../loans/loan.ts';" },
      'ledger comes before loans',
    ],
    ['a module without a place', imports.modulesInOrder, { [billing('novelties/thing')]: '' }, 'has no place'],
    [
      'a cycle',
      imports.noCycles,
      { 'a.ts': "import { b } from './b.ts';", 'b.ts': "import { a } from './a.ts';" },
      'a.ts → b.ts → a.ts',
    ],
    ['a file nobody imports', imports.noOrphans, { [billing('loans/lonely')]: '' }, 'nobody imports'],
    [
      'kafkajs outside its room',
      imports.kafkaInOnePlace,
      { [billing('consumers')]: "import { Kafka } from 'kafkajs';" },
      'only service-kit',
    ],
    ['a long file', text.sizeLimits, { [billing('app')]: '\n'.repeat(301) }, '301 lines'],
    [
      'a long function',
      text.sizeLimits,
      { [billing('app')]: `function f() {${'\n'.repeat(71)}}` },
      'the function f has 72 lines',
    ],
    ['a clock in a core', text.pureCores, { [billing('loans/loan')]: 'const now = new Date();' }, 'calls new Date'],
    ['randomness in a core', text.pureCores, { 'packages/money/src/a.ts': 'Math.random();' }, 'calls Math.random'],
    ['a float', text.bannedWords, { [billing('app')]: 'parseFloat(x);' }, 'parseAmount'],
    ['money made a float', text.bannedWords, { [billing('app')]: 'Number(loan.principal)' }, 'never becomes a float'],
    ['unfinished work', text.bannedWords, { [billing('app')]: `// ${'TO' + 'DO'} later` }, 'finish it'],
    [
      'a skipped test',
      text.bannedWords,
      { 'services/billing/test/a.test.ts': 'test.skip("x", () => {})' },
      'a test runs',
    ],
    [
      'a secret compared in a time that tells of it',
      text.secretsInConstantTime,
      { 'deploy/gateway/src/a.ts': "import { createHmac } from 'node:crypto';\nif (signature === expected) open();" },
      'timingSafeEqual',
    ],
    [
      'a check of secrets without timingSafeEqual',
      text.secretsInConstantTime,
      { 'packages/service-kit/src/body-signature.ts': "import 'node:crypto';\nexport const isSame = left === right;" },
      'not by timingSafeEqual',
    ],
    [
      'a test that expects nothing',
      text.testsAssert,
      { 'services/billing/test/a.test.ts': 'test("x", () => {})' },
      'without a test that expects',
    ],
    [
      'an undocumented code',
      records.problemCodes,
      { 'packages/contracts/src/problems.ts': 'const p = {\n  nothing_owed: { class: 1 },\n};' },
      'is not in docs/errors.md',
    ],
    [
      'an undocumented event',
      records.events,
      { 'packages/contracts/src/events/a.ts': "const e = { type: 'loan.opened' };" },
      'has no JSON Schema file',
    ],
    [
      'an undocumented key',
      records.configurationKeys,
      { [billing('config')]: 'const c = {\n  SOME_KEY: Type.String(),\n};' },
      "README.md's configuration table",
    ],
    [
      'a route without permission',
      records.routes,
      { [billing('loans/loans.routes')]: 'app.get("/x", { schema: { response: {} } }, f);' },
      'without permission',
    ],
  ])('%s', (_what, rule, files, expected) => expect(shown(rule(checkout(files))).join('\n')).toContain(expected));

  test('and reports nothing in a tidy file', () => {
    const tidy = checkout({ [billing('loans/loan')]: "import { add } from '@tenor/money';\nexport const a = add;\n" });
    expect(
      [imports.roleImports, imports.modulesInOrder, text.pureCores, text.bannedWords].flatMap((rule) => rule(tidy)),
    ).toEqual([]);
  });
});
