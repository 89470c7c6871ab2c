import type { ExpectedVersion, Refusal } from '@tenor/contracts';

/** Who may log in, without anything personal and without the password. */
export interface User {
  readonly id: string;
  readonly roles: readonly string[];
  /** The customer that a user of role `customer` is. */
  readonly customerId: string | null;
  readonly status: UserStatus;
  readonly version: number;
  readonly createdAt: string;
}
export type UserStatus = 'active' | 'disabled';

/** What a PATCH asks for; a member left out stays as it is. */
export interface UserChanges {
  readonly roles?: readonly string[] | undefined;
  readonly customerId?: string | null | undefined;
  readonly status?: UserStatus | undefined;
  /** Whether there is a new password. */
  readonly hasNewPassword: boolean;
}

export interface UserDecision {
  readonly user: User;
  /** Whoever is logged in as this user must log in again: the user was disabled, or has a new password. */
  readonly endsSessions: boolean;
}

/** The user after `changes`, one version later. Refuses `version_conflict` when the caller edited another version. */
export function changeUser(user: User, changes: UserChanges, expected: ExpectedVersion): UserDecision | Refusal {
  if (typeof expected === 'number' && expected !== user.version) {
    return {
      refused: 'version_conflict',
      detail: `The user is at version ${user.version}, not ${expected}; read it again.`,
    };
  }
  const { roles = user.roles, customerId = user.customerId, status = user.status, hasNewPassword } = changes;
  return {
    user: { ...user, roles, customerId, status, version: user.version + 1 },
    endsSessions: status === 'disabled' || hasNewPassword,
  };
}
