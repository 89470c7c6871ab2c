import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/** What a rule found wrong: where, what, and what to do about it. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface ImportOf {
  /** As written. */
  readonly specifier: string;
  /** Path from the root for a relative import, else undefined. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface FunctionOf {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** A TypeScript file as the rules see it. */
export interface SourceFile {
  /** Path from the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly ImportOf[];
  readonly functions: readonly FunctionOf[];
  /** Calls and constructions by the text of what is called, such as `Date.now` or `new Date`. */
  readonly calls: readonly { readonly name: string; readonly args: number; readonly line: number }[];
  /** The text without comments and without the contents of strings. */
  readonly code: string;
}

export interface Project {
  readonly root: string;
  readonly files: readonly SourceFile[];
  /** Reads any file below the root; undefined when there is none. */
  read(path: string): string | undefined;
}

/** All TypeScript of the checkout that git tracks or would track, generated files aside. */
export function readProject(root: string): Project {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], { cwd: root });
  const paths = listed
    .toString()
    .split('\n')
    .filter((path) => path !== '' && !path.includes('/generated/'));
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(join(root, path), 'utf8');
    } catch {
      return undefined;
    }
  };
  const files = [...new Set(paths)].flatMap((path) => {
    const text = read(path);
    return text === undefined ? [] : [parse(path, text)];
  });
  return { root, files, read };
}

/** One file's facts. Throws on a syntax error, which the compiler would report better. */
export function parse(path: string, text: string): SourceFile {
  const { program, module, comments, errors } = parseSync(path, text);
  const fault = errors[0];
  if (fault !== undefined) throw new Error(`${path}: ${fault.message}`);
  const lineOf = lineFinder(text);

  const imports = [
    ...module.staticImports.map((statement) => ({
      request: statement.moduleRequest,
      typeOnly: statement.entries.length > 0 && statement.entries.every((entry) => entry.isType),
    })),
    ...module.staticExports.flatMap((statement) =>
      statement.entries.flatMap((entry) =>
        entry.moduleRequest ? [{ request: entry.moduleRequest, typeOnly: entry.isType }] : [],
      ),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      request: { value: text.slice(start + 1, end - 1), start },
      typeOnly: false,
    })),
  ].map(({ request, typeOnly }) => ({
    specifier: request.value,
    target: request.value.startsWith('.') ? normalize(join(dirname(path), request.value)) : undefined,
    typeOnly,
    line: lineOf(request.start),
  }));

  const functions: FunctionOf[] = [];
  const calls: { name: string; args: number; line: number }[] = [];
  const literals: { start: number; end: number }[] = [...comments];
  const measure = (node: { start: number; end: number; id?: { name: string } | null }) => {
    const line = lineOf(node.start);
    functions.push({ name: node.id?.name ?? '(anonymous)', line, lines: lineOf(node.end) - line + 1 });
  };
  const record = (
    prefix: string,
    node: { start: number; callee: { start: number; end: number }; arguments: unknown[] },
  ) =>
    calls.push({
      name: prefix + text.slice(node.callee.start, node.callee.end).replaceAll(/\s/g, ''),
      args: node.arguments.length,
      line: lineOf(node.start),
    });
  new Visitor({
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
    CallExpression: (node) => record('', node),
    NewExpression: (node) => record('new ', node),
    Literal: (node) => {
      if (typeof node.value === 'string') literals.push(node);
    },
    TemplateElement: (node) => {
      literals.push(node);
    },
  }).visit(program);

  return { path, text, lines: text.split('\n').length - 1, imports, functions, calls, code: blank(text, literals) };
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

/** Replaces the given ranges by spaces, keeping line breaks, so that a search sees code only. */
function blank(text: string, ranges: readonly { start: number; end: number }[]): string {
  let result = text;
  for (const { start, end } of ranges) {
    const inner = text.slice(start, end).replaceAll(/[^\n]/g, ' ');
    result = result.slice(0, start) + inner + result.slice(end);
  }
  return result;
}
