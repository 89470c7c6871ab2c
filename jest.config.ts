import type { Config } from 'jest';

type Project = NonNullable<Config['projects']>[number];

const stack = '<rootDir>/../../packages/testing/src/jest';

/** TypeScript through swc, native ES modules; a workspace folder is a project. */
const project = (folder: string): Exclude<Project, string> => ({
  displayName: folder.split('/').at(-1) ?? folder,
  rootDir: folder,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
});

/** Its tests use the run's one real Postgres and Kafka. */
const onStack = (folder: string): Exclude<Project, string> => ({
  ...project(folder),
  globalSetup: `${stack}/start-stack.ts`,
  globalTeardown: `${stack}/stop-stack.ts`,
});

const config: Config = {
  testTimeout: 30_000,
  // Most tests wait for Postgres and Kafka, not for a core.
  maxWorkers: '100%',
  // A worker whose heap has grown takes longer to end than jest waits for it.
  workerIdleMemoryLimit: '400MB',
  projects: [
    project('packages/money'),
    project('packages/calendar'),
    project('packages/contracts'),
    project('packages/documents'),
    project('packages/row-files'),
    project('packages/sample-files'),
    project('packages/local-stack'),
    project('packages/tidy'),
    project('packages/bench'),
    onStack('packages/service-kit'),
    onStack('packages/row-jobs'),
    onStack('packages/profile-kit'),
    onStack('packages/testing'),
    onStack('services/billing'),
    onStack('services/payment'),
    project('deploy/gateway'),
    onStack('packages/demo'),
    onStack('packages/chaos'),
    onStack('packages/fuzz'),
  ],
};

export default config;
