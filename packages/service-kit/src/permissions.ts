/** The roles that a token's `roles` claim may name; a name outside this list grants nothing. */
export const roles = ['admin', 'officer', 'auditor', 'service', 'customer'] as const;
export type Role = (typeof roles)[number];

const readers: readonly Role[] = ['admin', 'officer', 'auditor', 'service'];
const writers: readonly Role[] = ['admin', 'officer', 'service'];

/** Who reads anything, and customers, who read what is theirs or nobody's (`object-access.ts`). */
const readersAndOwners: readonly Role[] = [...readers, 'customer'];
const writersAndOwners: readonly Role[] = [...writers, 'customer'];

/** Every permission with the roles that hold it; docs/roles.md tells what each is for. */
export const permissions = {
  'customers:read': readersAndOwners,
  'customers:write': writers,
  'kyc:read': readers,
  'calendars:read': readersAndOwners,
  'calendars:write': ['admin'],
  'products:read': readersAndOwners,
  'products:write': ['admin'],
  'quotes:read': readersAndOwners,
  'eligibility:read': readersAndOwners,
  'loans:read': readersAndOwners,
  'loans:open': writersAndOwners,
  'loans:write': writers,
  'scores:read': readers,
  'payments:read': readersAndOwners,
  'payments:record': writersAndOwners,
  'payments:write': writers,
  'reports:read': readers,
  'end_of_day:read': readers,
  'end_of_day:write': ['admin', 'service'],
  'periods:read': readers,
  'periods:close': ['admin'],
  'audit:read': ['admin', 'auditor'],
  'dead_letters:read': ['admin', 'officer', 'auditor'],
  'dead_letters:write': ['admin'],
  'reconciliation:read': ['admin', 'officer', 'auditor'],
  'reconciliation:write': ['admin'],
  'webhooks:read': ['admin', 'officer', 'auditor'],
  'webhooks:write': ['admin'],
  'notifications:read': ['admin', 'officer', 'auditor'],
  'events:republish': ['admin', 'service'],
  'imports:read': readers,
  'imports:write': writers,
  'users:read': ['admin', 'auditor'],
  'users:write': ['admin'],
  'profiles:read': readers,
  'profiles:write': writers,
  'internal:read': ['service'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

/**
 * Who needs no token: anybody (`public`), whoever signed the body with a secret of ours (`signed`), or whoever sends the
 * route's own user name and password (`basic`).
 */
const tokenless = ['public', 'signed', 'basic'] as const;

/** What a route may declare. */
export type RoutePermission = Permission | (typeof tokenless)[number];

/** Whether any of the roles holds the permission. */
export function allows(heldRoles: readonly string[], permission: Permission): boolean {
  const holders: readonly string[] = permissions[permission];
  return heldRoles.some((role) => holders.includes(role));
}

export function isRoutePermission(value: unknown): value is RoutePermission {
  return isTokenless(value) || (typeof value === 'string' && Object.hasOwn(permissions, value));
}

/** Whether a route asks for no bearer token. */
export function isTokenless(value: unknown): value is (typeof tokenless)[number] {
  return tokenless.some((permission) => permission === value);
}
