import type { UserJson } from './identity.schemas.ts';
import type { User } from './user.ts';
import type { UserData } from './user-data.ts';

/** A user as the API shows it. */
export function userJson({ user, data }: { readonly user: User; readonly data: UserData }): UserJson {
  return {
    id: user.id,
    username: data.username,
    email: data.email,
    roles: [...user.roles],
    customer_id: user.customerId,
    status: user.status,
    version: user.version,
    created_at: user.createdAt,
  };
}
