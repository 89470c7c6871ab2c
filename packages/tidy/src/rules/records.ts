import { isServiceSource, isSource, isTest } from '../layout.ts';
import type { Finding, Project, SourceFile } from '../source.ts';

const CATALOGUE = 'packages/contracts/src/problems.ts';
const PROBLEMS = /^packages\/contracts\/src\/([a-z]+-)?problems\.ts$/;
const ERRORS_PAGE = 'docs/errors.md';
const EVENTS_PAGE = 'docs/events.md';
const EVENT_FILE = /^packages\/contracts\/src\/events\/[^/]+\.ts$/;
const CONFIG_FILE = /(^|\/)src\/(config|base-config)\.ts$/;
const K8S_FILES = ['k8s/base/config.yaml', 'k8s/base/billing.yaml', 'k8s/base/payment.yaml', 'k8s/base/gateway.yaml'];

/** Keys of the object literal that a file's catalogue is, by their position in the text. */
function keysOf(file: SourceFile, pattern: RegExp): { readonly key: string; readonly line: number }[] {
  return file.text.split('\n').flatMap((text, index) => {
    const key = pattern.exec(text)?.[1];
    return key === undefined ? [] : [{ key, line: index + 1 }];
  });
}

/** Every problem code is documented, raised somewhere and expected by a test. */
export function problemCodes(project: Project): Finding[] {
  const catalogues = project.files.filter(({ path }) => PROBLEMS.test(path));
  if (catalogues.length === 0) return [{ file: CATALOGUE, line: 1, message: 'the catalogue of problems is missing' }];
  const page = project.read(ERRORS_PAGE) ?? '';
  const raised = textOf(project, (path) => isSource(path) && !path.startsWith('packages/contracts/'));
  const tested = textOf(project, isTest);
  const codes = catalogues.flatMap((file) =>
    keysOf(file, /^ {2}([a-z][a-z_]+): (?:\{|define|problem)/).map((found) => ({ ...found, file })),
  );
  return codes.flatMap(({ key, line, file }) => {
    const at = (message: string) => ({ file: file.path, line, message: `the code ${key} ${message}` });
    return [
      ...(page.includes(`\`${key}\``) ? [] : [at(`is not in ${ERRORS_PAGE}; run npm run generate`)]),
      ...(raised.includes(`'${key}'`) ? [] : [at('is raised nowhere; delete it')]),
      ...(tested.includes(`'${key}'`) ? [] : [at('is expected by no test; write one')]),
    ];
  });
}

/** Every event has its schema file, its entry in the documentation, a producer and a test. */
export function events(project: Project): Finding[] {
  const page = project.read(EVENTS_PAGE) ?? '';
  const tested = textOf(project, (path) => isTest(path) && !path.startsWith('packages/contracts/'));
  return project.files
    .filter(({ path }) => EVENT_FILE.test(path))
    .flatMap((file) => keysOf(file, /type: '([a-z]+\.[a-z_]+)'/).map((found) => ({ ...found, file })))
    .flatMap(({ key, line, file }) => {
      const schema = `packages/contracts/generated/schemas/${key}.schema.json`;
      const at = (message: string) => ({ file: file.path, line, message: `the event ${key} ${message}` });
      return [
        ...(project.read(schema) === undefined ? [at('has no JSON Schema file; run npm run generate')] : []),
        ...(page.includes(`\`${key}\``) ? [] : [at(`is not in ${EVENTS_PAGE}; run npm run generate`)]),
        ...(tested.includes(`'${key}'`) ? [] : [at('is expected by no test of a service; write one')]),
      ];
    });
}

/** Every configuration key stands in README's table and, where a service needs it, in the Kubernetes manifests. */
export function configurationKeys(project: Project): Finding[] {
  const readme = project.read('README.md') ?? '';
  const manifests = K8S_FILES.map((path) => project.read(path) ?? '').join('\n');
  return project.files
    .filter(({ path }) => CONFIG_FILE.test(path))
    .flatMap((file) => keysOf(file, /^\s+([A-Z][A-Z0-9_]+): Type\./).map((found) => ({ ...found, file })))
    .flatMap(({ key, line, file }) => {
      const at = (message: string) => ({ file: file.path, line, message: `the key ${key} ${message}` });
      return [
        ...(readme.includes(`\`${key}\``) ? [] : [at("is not in README.md's configuration table")]),
        ...(manifests.includes(key) ? [] : [at('is in no manifest of k8s/base')]),
      ];
    });
}

const ROUTE_CALL = /\b(?:app|routes|scope)\.(get|post|put|patch|delete)\(/g;

/** Every route of a service states its permission and the schemas of what it takes and answers. */
export function routes({ files }: Project): Finding[] {
  return files
    .filter(({ path }) => isServiceSource(path) && path.endsWith('.routes.ts'))
    .flatMap((file) =>
      [...file.code.matchAll(ROUTE_CALL)].flatMap((match) => {
        const line = file.code.slice(0, match.index).split('\n').length;
        const next = file.code.slice(match.index + 1).search(ROUTE_CALL);
        const body = file.text.slice(match.index, next === -1 ? undefined : match.index + 1 + next);
        const needed = [/permission/, /response/, ...(match[1] === 'get' ? [] : [/body|params/])];
        return needed
          .filter((pattern) => !pattern.test(body))
          .map((pattern) => ({
            file: file.path,
            line,
            message: `a route without ${pattern.source.replace('|', ' or ')}`,
          }));
      }),
    );
}

function textOf(project: Project, wanted: (path: string) => boolean): string {
  return project.files
    .filter(({ path }) => wanted(path))
    .map(({ text }) => text)
    .join('\n');
}
