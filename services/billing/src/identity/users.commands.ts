import type { ExpectedVersion, Refusal } from '@tenor/contracts';
import {
  type CommandContext,
  execute,
  isRefusal,
  newId,
  type Outcome,
  refuse,
  type UnitOfWork,
  validationFailed,
} from '@tenor/service-kit';
import { findCustomer } from '../customers/customers.store.ts';
import { registerCustomer } from '../customers/registrations.commands.ts';
import type { IdentityService, PlainContext } from './identity.commands.ts';
import { passwordFault } from './password-policy.ts';
import { revokeFamiliesOfUser } from './refresh-tokens.store.ts';
import { changeUser, type UserChanges } from './user.ts';
import { passwordChange, userChange } from './user-changes.ts';
import { shownUsername, usernameFault } from './username.ts';
import { lockUser, type NewUser, updateUser } from './users.store.ts';

/** Who registers, with what their customer record says of them. */
export interface RegisterUser {
  readonly username: string;
  readonly password: string;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly phone: string | null;
}

export interface RegisteredUser {
  readonly user_id: string;
  readonly customer_id: string;
}

/**
 * A user of role `customer` with a customer record of its own, both or neither; the record's name is the user's where none
 * is given. Refuses `validation_failed` for a name or a password that will not do, and `already_exists`.
 */
export async function registerUser(
  service: IdentityService,
  context: PlainContext,
  { username, password, ...personal }: RegisterUser,
): Promise<RegisteredUser | Refusal> {
  const fault = faultOf(service, username, password);
  if (fault !== undefined) return fault;
  const passwordHash = await service.passwords.hash(password);
  const id = newId();
  const outcome = await execute<RegisteredUser>(service.database, context, async (uow) => {
    const isNameless = personal.firstName === null && personal.lastName === null;
    const registered = await registerCustomer(uow, service.customers, {
      personal: {
        ...personal,
        firstName: isNameless ? shownUsername(username) : personal.firstName,
        externalId: `user:${id}`,
        monthlyIncome: null,
      },
      creditLimit: null,
      limitPolicy: null,
    });
    if (isRefusal(registered)) return registered;
    const { customer_id: customerId } = registered;
    const data = { username: shownUsername(username), email: personal.email };
    const user = { id, data, passwordHash, roles: ['customer'], customerId };
    return (await storeUser(service, uow, user)) ? { user_id: id, customer_id: customerId } : nameTaken;
  });
  return isRefusal(outcome) ? outcome : outcome.result;
}

export interface CreateUser {
  readonly username: string;
  readonly password: string;
  readonly email: string | null;
  readonly roles: readonly string[];
  readonly customerId: string | null;
}

/** What making a user takes. */
export type UserMaking = Pick<IdentityService, 'database' | 'users' | 'passwords' | 'passwordLengthMin'>;

/** A user as an administrator makes it. Refuses as `registerUser` does, and for a customer that does not exist. */
export async function createUser(
  service: UserMaking,
  context: CommandContext,
  { username, password, email, roles, customerId }: CreateUser,
): Promise<Outcome<{ user_id: string }>> {
  const fault = faultOf(service, username, password);
  if (fault !== undefined) return fault;
  const passwordHash = await service.passwords.hash(password);
  const id = newId();
  return execute<{ user_id: string }>(service.database, context, async (uow) => {
    const unknown = await unknownCustomer(uow, customerId);
    if (unknown !== undefined) return unknown;
    const data = { username: shownUsername(username), email };
    const isNew = await storeUser(service, uow, { id, data, passwordHash, roles, customerId });
    return isNew ? { user_id: id } : nameTaken;
  });
}

/**
 * The same from outside the API, for the first user of a role: one who exists already is left as they are. Refuses
 * `already_exists` where that one has not the role.
 */
export async function ensureUser(
  service: UserMaking,
  context: CommandContext,
  { username, password, role }: { username: string; password: string; role: string },
): Promise<'created' | 'existed' | Refusal> {
  const command = { username, password, email: null, roles: [role], customerId: null };
  const outcome = await createUser(service, context, command);
  if (!isRefusal(outcome)) return 'created';
  if (outcome.refused !== 'already_exists') return outcome;
  const found = await service.users.credentials(service.database, username);
  return found?.user.roles.includes(role) ? 'existed' : outcome;
}

export interface ChangeUser extends Omit<UserChanges, 'hasNewPassword'> {
  readonly id: string;
  readonly expected: ExpectedVersion;
  readonly email?: string | null | undefined;
  readonly password?: string | undefined;
}

/**
 * Changes what the command names; the version grows by one. A user who is disabled, or has a new password, is logged out
 * everywhere. Refuses `not_found`, a password that will not do, a customer that does not exist, and `version_conflict`.
 */
export async function changeUserRecord(
  service: IdentityService,
  context: CommandContext,
  { id, expected, email, password, ...changes }: ChangeUser,
): Promise<Outcome<{ user_id: string; version: number }>> {
  const hasNewPassword = password !== undefined;
  const passwordHash = hasNewPassword ? await service.passwords.hash(password) : null;
  return execute<{ user_id: string; version: number }>(service.database, context, async (uow) => {
    const stored = await lockUser(uow, id);
    if (stored === undefined) return noUser(id);
    const { data } = stored;
    const fault = hasNewPassword ? faultOf(service, data.username, password) : undefined;
    const unknown = fault ?? (await unknownCustomer(uow, changes.customerId ?? null));
    if (unknown !== undefined) return unknown;
    const decision = changeUser(stored.user, { ...changes, hasNewPassword }, expected);
    if (isRefusal(decision)) return decision;
    const { user, endsSessions } = decision;
    const changed = { user, data: { ...data, email: email === undefined ? data.email : email } };
    updateUser(uow, changed, passwordHash);
    uow.recordChange(userChange(service.users.hashOf, 'changed', stored, changed));
    if (hasNewPassword) uow.recordChange(passwordChange(id));
    if (endsSessions) revokeFamiliesOfUser(uow, id);
    return { user_id: id, version: user.version };
  });
}

/** Whether the name was free. */
async function storeUser({ users }: UserMaking, uow: UnitOfWork, user: NewUser): Promise<boolean> {
  if (!(await users.insert(uow, user))) return false;
  const made = { user: { ...user, status: 'active' as const }, data: user.data };
  uow.recordChange(userChange(users.hashOf, 'created', null, made));
  return true;
}

export const noUser = (id: string): Refusal => refuse('not_found', `There is no user ${id}.`);
const nameTaken = refuse('already_exists', 'A user of this name exists already.');

function faultOf({ passwordLengthMin }: UserMaking, username: string, password: string): Refusal | undefined {
  const nameFault = usernameFault(username);
  if (nameFault !== undefined) return invalid('/username', 'username', nameFault);
  const fault = passwordFault(password, username, passwordLengthMin);
  return fault === undefined ? undefined : invalid('/password', 'weak_password', fault);
}

async function unknownCustomer(uow: UnitOfWork, id: string | null): Promise<Refusal | undefined> {
  if (id === null || (await findCustomer(uow, id)) !== undefined) return undefined;
  return invalid('/customer_id', 'unknown', 'is no customer');
}

const invalid = (pointer: string, code: string, message: string): Refusal =>
  validationFailed([{ pointer, code, message }]);
