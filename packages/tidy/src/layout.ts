/** What a path says of a file: the reading of ARCHITECTURE.md's layout that the rules share. */

/** Modules of a service in their order: a module may use itself and those before it. */
export const MODULE_ORDER: Readonly<Record<string, readonly string[]>> = {
  billing: [
    'customers',
    'calendars',
    'products',
    'schedules',
    'quotes',
    'credit',
    'delinquency',
    'penalties',
    'ledger',
    'loans',
    'repayments',
    'credit-balances',
    'statements',
    'integrity',
    'changes',
    'daily-check',
    'reports',
    'eligibility',
    'core-banking',
    'scoring',
    'imports',
    'webhooks',
    'notifications',
    'identity',
    'profiles',
  ],
  payment: ['loan-accounts', 'payments', 'refunds', 'gateway', 'reconciliation', 'settlement-files', 'profiles'],
};

/** Roles by suffix; a bare noun in a module is a pure core. */
export const ROLES = ['store', 'commands', 'routes', 'consumer', 'client', 'schemas'] as const;
export type Role = 'core' | (typeof ROLES)[number];

export interface Place {
  readonly service: string;
  readonly module: string;
  readonly role: Role;
}

/** Where a file of a service's module stands; undefined for wiring, packages and tests. */
export function placeOf(path: string): Place | undefined {
  const match = /^services\/([^/]+)\/src\/([^/]+)\/(.+)\.ts$/.exec(path);
  const [, service, module, name] = match ?? [];
  if (service === undefined || module === undefined || name === undefined || module === 'migrations') return undefined;
  const role = ROLES.find((suffix) => name.endsWith(`.${suffix}`));
  return { service, module, role: role ?? 'core' };
}

export const isTest = (path: string): boolean => /(^|\/)test\//.test(path);
export const isSource = (path: string): boolean =>
  /^(packages|services|deploy|deploy\/simulators)\/[^/]+\/src\//.test(path);
export const isServiceSource = (path: string): boolean => /^services\/[^/]+\/src\//.test(path);
/** Pure everywhere: the cores of services, and the packages that are cores. */
export const isPure = (path: string): boolean =>
  placeOf(path)?.role === 'core' || /^packages\/(money|calendar)\/src\//.test(path);

/** Where a secret that somebody sends is compared with ours. */
export const COMPARES_SECRETS: readonly string[] = [
  'packages/service-kit/src/basic-credentials.ts',
  'packages/service-kit/src/body-signature.ts',
  'deploy/simulators/core-banking/src/simulator.ts',
  'deploy/simulators/notifications/src/simulator.ts',
  'deploy/simulators/payment-gateway/src/simulator.ts',
];
