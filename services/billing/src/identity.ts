import { type App, createTokenIssuer, type TokenIssuer } from '@tenor/service-kit';
import type { BillingConfig } from './config.ts';
import { authRoutes } from './identity/auth.routes.ts';
import { clientTokensRoutes } from './identity/client-tokens.routes.ts';
import type { IdentityService } from './identity/identity.commands.ts';
import { argon2Passwords } from './identity/passwords.client.ts';
import { usersRoutes } from './identity/users.routes.ts';
import { usersStore } from './identity/users.store.ts';

/** Users of our own, and the tokens that they get. */
export interface Identity {
  /** For commands of other modules. */
  readonly service: IdentityService;
  routes(app: App): void;
}

/** Who signs our tokens; undefined where they come from elsewhere. Throws for an issuer of our own beside another one. */
export function tokenIssuerOf(config: BillingConfig): TokenIssuer | undefined {
  const { AUTH_SIGNING_KEYS_FILE: keysFile, AUTH_JWKS_FILE, AUTH_JWKS_URL, AUTH_OIDC } = config;
  if (keysFile === undefined) return undefined;
  if (AUTH_JWKS_FILE !== undefined || AUTH_JWKS_URL !== undefined || AUTH_OIDC) {
    throw new Error(
      'AUTH_SIGNING_KEYS_FILE makes billing the issuer: give no AUTH_JWKS_FILE, AUTH_JWKS_URL or AUTH_OIDC',
    );
  }
  return createTokenIssuer({ keysFile, issuer: config.AUTH_ISSUER, audience: config.AUTH_AUDIENCE });
}

export function createIdentity(
  config: BillingConfig,
  { database, customers, tokens }: Pick<IdentityService, 'database' | 'customers' | 'tokens'>,
): Identity {
  const service: IdentityService = {
    database,
    customers,
    tokens,
    users: usersStore(config.EXTERNAL_REF_KEY),
    passwords: argon2Passwords(),
    lifetimes: {
      accessSeconds: config.AUTH_ACCESS_TTL_SECONDS,
      refreshSeconds: config.AUTH_REFRESH_TTL_SECONDS,
    },
    passwordLengthMin: config.AUTH_PASSWORD_LENGTH_MIN,
  };
  return {
    service,
    routes(app) {
      authRoutes(app, service);
      clientTokensRoutes(app, service);
      usersRoutes(app, service);
    },
  };
}
