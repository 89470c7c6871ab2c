import type { Refusal } from '@tenor/contracts';
import {
  type CommandContext,
  type Database,
  execute,
  isRefusal,
  newId,
  refuse,
  type TokenIssuer,
  type UnitOfWork,
} from '@tenor/service-kit';
import type { CustomersStore } from '../customers/customers.store.ts';
import type { Passwords } from './passwords.client.ts';
import { standingOf } from './refresh-token.ts';
import {
  type LockedFamily,
  lockFamilyOf,
  openFamily,
  readToken,
  replaceToken,
  revokeFamily,
  revokeFamilyOf,
} from './refresh-tokens.store.ts';
import type { User } from './user.ts';
import { type Credentials, findUser, isStill, type UsersStore } from './users.store.ts';

/** How long what a login gives is good for, in seconds: an access token, and the login with all its refreshing. */
export interface Lifetimes {
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
}

/** What the commands of this module need; `lifetimes` are those of a login that names no others. */
export interface IdentityService {
  readonly database: Database;
  readonly customers: CustomersStore;
  readonly users: UsersStore;
  readonly passwords: Passwords;
  readonly tokens: TokenIssuer;
  readonly lifetimes: Lifetimes;
  /** In characters. */
  readonly passwordLengthMin: number;
}

export interface AccessToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
}
export interface Tokens extends AccessToken {
  readonly refreshToken: string;
}

export interface LogIn {
  readonly username: string;
  readonly password: string;
  readonly lifetimes?: Lifetimes;
}

/** What a command on a secret knows of its request: never a key, since what is kept under one is a hash of the body. */
export type PlainContext = Omit<CommandContext, 'idempotency'>;

/** Tokens for an active user by name and password; else `credentials_invalid`, after the same work whoever is named. */
export async function logIn(
  service: IdentityService,
  context: PlainContext,
  { username, password, lifetimes = service.lifetimes }: LogIn,
): Promise<Tokens | Refusal> {
  const found = await authenticated(service, username, password);
  if (found === undefined) return credentialsInvalid;
  const { id: userId } = found.user;
  const { accessSeconds: accessTtlSeconds, refreshSeconds: refreshTtlSeconds } = lifetimes;
  const outcome = await execute(service.database, context, async (uow) => {
    if (!(await isStill(uow, found))) return credentialsInvalid;
    return { refreshToken: openFamily(uow, { id: newId(), userId, accessTtlSeconds, refreshTtlSeconds }) };
  });
  if (isRefusal(outcome)) return outcome;
  return { ...outcome.result, ...(await accessTokenOf(service, found.user, accessTtlSeconds)) };
}

/** An access token for a user of role `service`: the client credentials of OAuth 2 (RFC 6749, 4.4). */
export async function logInClient(
  service: IdentityService,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): Promise<AccessToken | Refusal> {
  const found = await authenticated(service, clientId, clientSecret);
  if (!found?.user.roles.includes('service')) return credentialsInvalid;
  return accessTokenOf(service, found.user, service.lifetimes.accessSeconds);
}

/**
 * New tokens for a refresh token, which is thereby used up. The same token within RETRY_MS gives the same successor again,
 * as long as nobody has used that; later `token_reused`, and its family is revoked. Else `refresh_token_invalid`.
 */
export async function refreshTokens(
  service: IdentityService,
  context: PlainContext,
  refreshToken: string,
): Promise<Tokens | Refusal> {
  const outcome = await execute<Refreshed>(service.database, context, (uow) => refresh(uow, refreshToken));
  if (isRefusal(outcome)) return outcome;
  // Not returned as a refusal before, which would have taken the revocation back.
  if ('isReused' in outcome.result) return tokenReused;
  const { successor, user, accessTtlSeconds } = outcome.result;
  return { refreshToken: successor, ...(await accessTokenOf(service, user, accessTtlSeconds)) };
}

/** Ends the login that the refresh token belongs to, if there is one. Its access tokens stay good until they expire. */
export async function logOut(service: IdentityService, context: PlainContext, refreshToken: string): Promise<void> {
  const outcome = await execute(service.database, context, async (uow) => {
    revokeFamilyOf(uow, refreshToken);
    return {};
  });
  if (isRefusal(outcome)) throw new Error(`Logging out was refused: ${outcome.refused}`);
}

type Refreshed =
  | { readonly isReused: true }
  | { readonly successor: string; readonly user: User; readonly accessTtlSeconds: number };

async function refresh(uow: UnitOfWork, token: string): Promise<Refreshed | Refusal> {
  const family = await lockFamilyOf(uow, token);
  const found = await readToken(uow, token);
  if (family === undefined || found === undefined) return refreshTokenInvalid;
  const standing = standingOf(found.stored);
  switch (standing) {
    case 'over':
      return refreshTokenInvalid;
    case 'reused':
      revokeFamily(uow, family.id);
      return { isReused: true };
    case 'just_used':
      return continued(uow, family, found.successor);
    case 'usable':
      return continued(uow, family, replaceToken(uow, token, family.id));
    default:
      return standing satisfies never;
  }
}

async function continued(
  uow: UnitOfWork,
  { userId, accessTtlSeconds }: LockedFamily,
  successor: string | undefined,
): Promise<Refreshed | Refusal> {
  if (successor === undefined) throw new Error('A refresh token was used and has no successor');
  const found = await findUser(uow, userId);
  if (found?.user.status !== 'active') return refreshTokenInvalid;
  return { successor, user: found.user, accessTtlSeconds };
}

async function authenticated(
  { database, users, passwords }: IdentityService,
  username: string,
  password: string,
): Promise<Credentials | undefined> {
  const found = await users.credentials(database, username);
  const isTheirs = await passwords.verify(found?.passwordHash, password);
  return isTheirs && found?.user.status === 'active' ? found : undefined;
}

async function accessTokenOf({ tokens }: IdentityService, user: User, ttlSeconds: number): Promise<AccessToken> {
  const { id: subject, roles, customerId } = user;
  return {
    accessToken: await tokens.accessToken({ subject, roles, customerId, ttlSeconds }),
    expiresInSeconds: ttlSeconds,
  };
}

const challenge = { headers: { 'www-authenticate': 'Bearer realm="tenor"' } };
const credentialsInvalid = refuse(
  'credentials_invalid',
  'There is no active user of this name and password.',
  challenge,
);
const refreshTokenInvalid = refuse('refresh_token_invalid', 'The refresh token is not valid; log in again.', challenge);
const tokenReused = refuse('token_reused', 'The refresh token was used before; its login is over.', challenge);
