import type { User } from './user.ts';
import type { UserData } from './user-data.ts';

/** As the log of data changes takes it. */
interface Change {
  readonly entity: 'user';
  readonly id: string;
  readonly action: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>>;
}

/** What the log of data changes compares of a user. */
export interface LoggedUser {
  readonly user: Pick<User, 'id' | 'roles' | 'customerId' | 'status'>;
  readonly data: UserData;
}

/** What was done to a user; name and e-mail are there as keyed hashes, the password not at all. */
export function userChange(
  hash: (text: string) => string,
  action: 'created' | 'changed',
  before: LoggedUser | null,
  after: LoggedUser,
): Change {
  const fieldsOf = ({ user: { id, roles, customerId, status }, data }: LoggedUser) => {
    const hashed = (field: string, value: string | null) =>
      value === null ? null : `hmac:${hash(JSON.stringify([id, field, value]))}`;
    const personal = { username: hashed('username', data.username), email: hashed('email', data.email) };
    return { roles, customer_id: customerId, status, ...personal };
  };
  return { entity: 'user', id: after.user.id, action, before: before && fieldsOf(before), after: fieldsOf(after) };
}

/** Of the new password it says nothing but that there is one. */
export function passwordChange(id: string): Change {
  return { entity: 'user', id, action: 'password_changed', before: null, after: {} };
}
