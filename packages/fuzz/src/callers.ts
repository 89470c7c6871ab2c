import { allows, type Permission, permissions, type Role, roles } from '@tenor/service-kit';

/** One who calls the API: with a token of a role, with something that is no token of ours, or with none. */
export interface FuzzCaller {
  readonly name: string;
  /** The role of the token; undefined without a valid one. */
  readonly role: Role | undefined;
  readonly authorization: string | undefined;
  readonly held: readonly Permission[];
  /** Whether it goes through all phases, or only through examples and a few random requests. */
  readonly isThorough: boolean;
}

/** The two between whom every permission of a person is held. */
const thoroughRoles: readonly Role[] = ['admin', 'officer'];

const known = Object.keys(permissions) as Permission[];
const heldBy = (role: Role): Permission[] => known.filter((permission) => allows([role], permission));

/** Whether the caller can change anything: has a permission that is not for reading. */
export const mayWrite = ({ held }: FuzzCaller): boolean => held.some((permission) => !permission.endsWith(':read'));

/** Nobody, somebody with a made-up token, and each role; those who may not write come first. */
export async function fuzzCallers(tokenOf: (role: Role) => Promise<string>): Promise<FuzzCaller[]> {
  const withRoles = await Promise.all(
    roles.map(async (role) => ({
      name: role,
      role,
      authorization: `Bearer ${await tokenOf(role)}`,
      held: heldBy(role),
      isThorough: thoroughRoles.includes(role),
    })),
  );
  const strangers: FuzzCaller[] = [
    { name: 'no token', role: undefined, authorization: undefined, held: [], isThorough: false },
    { name: 'made-up token', role: undefined, authorization: 'Bearer made.up.token', held: [], isThorough: false },
  ];
  const all = [...strangers, ...withRoles];
  return [...all.filter((caller) => !mayWrite(caller)), ...all.filter(mayWrite)];
}
