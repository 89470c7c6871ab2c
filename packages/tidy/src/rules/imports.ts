import { isSource, isTest, MODULE_ORDER, placeOf, type Role } from '../layout.ts';
import type { Finding, ImportOf, Project, SourceFile } from '../source.ts';

const PURE_PACKAGES = ['@tenor/money', '@tenor/calendar'];
/** Of these a core may name the types: what it decides, and what it says on paper. */
const TYPES_FOR_CORES = ['@tenor/contracts', '@tenor/documents', '@tenor/row-jobs'];

/** What each role may import: other roles of its own or an earlier module, and packages. */
const ALLOWED: Readonly<
  Record<Role, { readonly roles: readonly Role[]; readonly packages: readonly string[] | 'any' }>
> = {
  core: { roles: ['core'], packages: PURE_PACKAGES },
  schemas: {
    roles: ['core', 'schemas'],
    packages: [...PURE_PACKAGES, '@tenor/contracts', '@tenor/profile-kit', 'typebox'],
  },
  store: {
    roles: ['core', 'store'],
    packages: [
      ...PURE_PACKAGES,
      '@tenor/contracts',
      '@tenor/profile-kit',
      '@tenor/service-kit',
      'typeorm',
      'node:crypto',
    ],
  },
  commands: {
    roles: ['core', 'store', 'commands', 'client'],
    packages: [...PURE_PACKAGES, '@tenor/contracts', '@tenor/profile-kit', '@tenor/row-jobs', '@tenor/service-kit'],
  },
  routes: {
    roles: ['core', 'store', 'commands', 'routes', 'schemas'],
    packages: [
      ...PURE_PACKAGES,
      '@tenor/contracts',
      '@tenor/documents',
      '@tenor/profile-kit',
      '@tenor/row-jobs',
      '@tenor/service-kit',
      'typebox',
      'fastify',
    ],
  },
  consumer: { roles: ['commands', 'core', 'store'], packages: ['@tenor/contracts', '@tenor/service-kit'] },
  client: { roles: ['core'], packages: 'any' },
};

/** A file imports only what its role and its module's place in the order allow. */
export function roleImports({ files }: Project): Finding[] {
  return files.flatMap((file) => {
    const place = placeOf(file.path);
    if (place === undefined) return [];
    return file.imports.flatMap((statement) => {
      const fault = faultOf(file, statement);
      return fault === undefined ? [] : [{ file: file.path, line: statement.line, message: fault }];
    });
  });
}

function faultOf(file: SourceFile, statement: ImportOf): string | undefined {
  const place = placeOf(file.path);
  if (place === undefined) return undefined;
  const allowed = ALLOWED[place.role];
  if (statement.target === undefined) {
    if (allowed.packages === 'any' || allowed.packages.includes(statement.specifier)) return undefined;
    if (place.role === 'core' && statement.typeOnly && TYPES_FOR_CORES.includes(statement.specifier)) return undefined;
    return `a ${place.role} file may not import ${statement.specifier}; move what needs it to a role that may`;
  }
  const other = placeOf(statement.target);
  if (other === undefined) return `${statement.target} is wiring; pass what is needed as an argument instead`;
  if (!allowed.roles.includes(other.role) && !statement.typeOnly) {
    return `a ${place.role} file may not import a ${other.role} file (${statement.target}); see ARCHITECTURE.md, file roles`;
  }
  const order = MODULE_ORDER[place.service] ?? [];
  if (order.indexOf(other.module) > order.indexOf(place.module)) {
    return `${place.module} comes before ${other.module} and may not import it; move the shared part down`;
  }
  return undefined;
}

/** Every module of a service has its place in the order. */
export function modulesInOrder({ files }: Project): Finding[] {
  return files.flatMap((file) => {
    const place = placeOf(file.path);
    if (place === undefined || MODULE_ORDER[place.service]?.includes(place.module)) return [];
    return [
      { file: file.path, line: 1, message: `the module ${place.module} has no place in the order (tidy/layout.ts)` },
    ];
  });
}

/** No import cycle between files. */
export function noCycles({ files }: Project): Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const findings: Finding[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) {
      const cycle = [...trail.slice(start), path].join(' → ');
      findings.push({ file: path, line: 1, message: `import cycle: ${cycle}; move what both need into a third file` });
      return;
    }
    if (done.has(path)) return;
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (target !== undefined && !typeOnly) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return findings;
}

const ENTRY =
  /\/src\/(index|main|migrate|daily-check|sign-journal|verify-journal|import|create-admin|create-service|app|gateway)\.ts$|\/bin\/[^/]+\.ts$|\/src\/jest\/|\/migrations\//;

/** No source file that nothing imports and nothing runs. */
export function noOrphans({ files }: Project): Finding[] {
  const imported = new Set(
    files.filter(({ path }) => !isTest(path)).flatMap((file) => file.imports.map(({ target }) => target)),
  );
  return files
    .filter(({ path }) => isSource(path) && !ENTRY.test(path) && !imported.has(path))
    .map(({ path }) => ({ file: path, line: 1, message: 'nobody imports this file; use it or delete it' }));
}

/** kafkajs is quiet upstream, so one package alone may know it; the tests' own reader is independent of it on purpose. */
export function kafkaInOnePlace({ files }: Project): Finding[] {
  return files
    .filter(({ path }) => !/^packages\/(service-kit|testing)\//.test(path))
    .flatMap((file) =>
      file.imports
        .filter(({ specifier }) => specifier === 'kafkajs')
        .map(({ line }) => ({
          file: file.path,
          line,
          message: 'only service-kit may import kafkajs; use its kafka.ts',
        })),
    );
}
