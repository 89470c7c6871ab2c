import { COMPARES_SECRETS, isPure, isSource, isTest } from '../layout.ts';
import type { Finding, Project, SourceFile } from '../source.ts';

const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 70;

/** Files and functions stay short enough to be read at once. */
export function sizeLimits({ files }: Project): Finding[] {
  return files
    .filter(({ path }) => isSource(path))
    .flatMap((file) => {
      const tooLong = file.functions
        .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
        .map(({ name, line, lines }) => ({
          file: file.path,
          line,
          message: `the function ${name} has ${lines} lines, more than ${MAX_FUNCTION_LINES}; name its parts`,
        }));
      if (file.lines <= MAX_FILE_LINES) return tooLong;
      const message = `${file.lines} lines, more than ${MAX_FILE_LINES}; split it by what it is about`;
      return [...tooLong, { file: file.path, line: MAX_FILE_LINES, message }];
    });
}

const IMPURE =
  /^(Date\.now|new Date|Math\.random|crypto\.|randomUUID|randomBytes|performance\.|process\.|setTimeout|setInterval|fetch)/;

/** Cores read no clock, no randomness and no environment: time and ids are arguments. */
export function pureCores({ files }: Project): Finding[] {
  return files
    .filter(({ path }) => isPure(path))
    .flatMap((file) => [
      ...file.calls
        .filter(({ name, args }) => IMPURE.test(name) && !(name === 'new Date' && args > 0))
        .map(({ name, line }) => ({
          file: file.path,
          line,
          message: `a core calls ${name}; take its result as an argument`,
        })),
      ...file.imports
        .filter(({ specifier }) => specifier.startsWith('node:'))
        .map(({ specifier, line }) => ({ file: file.path, line, message: `a core imports ${specifier}` })),
    ]);
}

const BANNED: readonly { readonly pattern: RegExp; readonly remedy: string; readonly tests: boolean }[] = [
  {
    pattern: /\bparseFloat\b/,
    remedy: 'read amounts with money.parseAmount, rates with money.parseDecimal',
    tests: true,
  },
  { pattern: /\.toFixed\b/, remedy: 'format amounts with money.formatAmount', tests: true },
  { pattern: /\bconsole\./, remedy: 'use the logger, or process.stdout in a command', tests: true },
  { pattern: /\bas any\b|:\s*any\b/, remedy: 'name the type, or use unknown', tests: true },
  { pattern: /\.(only|skip|todo)\(/, remedy: 'a test runs or does not exist', tests: true },
  { pattern: /\bdebugger\b/, remedy: 'remove it', tests: true },
];
const UNFINISHED = new RegExp(`\\b(${['FIX' + 'ME', 'TO' + 'DO', 'XX' + 'X'].join('|')})\\b`);
const FLOAT_NEAR_MONEY =
  /\bNumber\(\s*[\w.]*(amount|minor|principal|interest|fee|penalty|balance|outstanding|total)\w*\s*\)/i;

/** Words that this project does without. */
export function bannedWords({ files }: Project): Finding[] {
  return files
    .filter(({ path }) => !path.startsWith('packages/tidy/'))
    .flatMap((file) => [
      ...BANNED.flatMap(({ pattern, remedy, tests }) =>
        !tests && isTest(file.path) ? [] : search(file, file.code, pattern, remedy),
      ),
      ...search(file, file.text, UNFINISHED, 'finish it, or open an issue'),
      ...search(file, file.code, FLOAT_NEAR_MONEY, 'money never becomes a float'),
    ]);
}

function search(file: SourceFile, text: string, pattern: RegExp, remedy: string): Finding[] {
  return text.split('\n').flatMap((line, index) => {
    const found = pattern.exec(line)?.[0];
    return found === undefined ? [] : [{ file: file.path, line: index + 1, message: `"${found.trim()}": ${remedy}` }];
  });
}

const SECRET = '(signature|digest|hmac|secret|api_?key|candidate)s?';
const UNEQUAL_TIME = new RegExp(
  `\\.equals\\(|\\bBuffer\\.compare\\(|\\b${SECRET} [!=]== (?!undefined)|[!=]== [\\w.]*${SECRET}\\b`,
  'i',
);

/** The time that a comparison takes tells nothing of a secret: what cryptography makes is compared by timingSafeEqual. */
export function secretsInConstantTime({ files }: Project): Finding[] {
  return files
    .filter(({ path, imports }) => isSource(path) && imports.some(({ specifier }) => specifier === 'node:crypto'))
    .flatMap((file) => [
      ...search(file, file.code, UNEQUAL_TIME, 'compare secrets by timingSafeEqual'),
      ...(COMPARES_SECRETS.includes(file.path) && !file.calls.some(({ name }) => name === 'timingSafeEqual')
        ? [{ file: file.path, line: 1, message: 'a secret is compared here, but not by timingSafeEqual' }]
        : []),
    ]);
}

/** Test files hold tests, and each test asserts something. */
export function testsAssert({ files }: Project): Finding[] {
  return files
    .filter(({ path }) => path.endsWith('.test.ts'))
    .filter(
      (file) => !file.calls.some(({ name }) => /^(test|it)\b/.test(name)) || !/\b(expect|fc\.assert)\b/.test(file.code),
    )
    .map(({ path }) => ({ file: path, line: 1, message: 'a test file without a test that expects something' }));
}
