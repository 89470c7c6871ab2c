import { type App, isRefusal, plainContext } from '@tenor/service-kit';
import { Type } from 'typebox';
import { type IdentityService, logIn, logOut, refreshTokens, type Tokens } from './identity.commands.ts';
import {
  JwksSchema,
  type LoginJson,
  LoginSchema,
  RefreshTokenSchema,
  RegistrationSchema,
  type TokensJson,
  TokensSchema,
  UserSchema,
} from './identity.schemas.ts';
import { userJson } from './user-json.ts';
import { canonicalUsername } from './username.ts';
import { noUser, registerUser } from './users.commands.ts';
import { findUser } from './users.store.ts';

const tags = ['identity'];
/** Of answers that hold a secret (RFC 6749, 5.1). */
const unstored = { 'Cache-Control': 'no-store' };
const KEYS_FRESH_SECONDS = 300;

export function authRoutes(app: App, service: IdentityService): void {
  registration(app, service);
  login(app, service);
  sessions(app, service);
  publishedKeys(app, service);
}

function registration(app: App, service: IdentityService): void {
  app.post(
    '/v1/auth/register',
    {
      config: { permission: 'public', limit: 'registration', refusals: ['already_exists'] },
      schema: {
        tags,
        summary: 'Register as a user of role customer, with a customer record of its own',
        body: RegistrationSchema,
        response: { 201: UserSchema },
      },
    },
    async (request, reply) => {
      const { username, password, email, first_name, last_name, phone } = request.body;
      const outcome = await registerUser(service, plainContext(request), {
        username,
        password,
        email: email ?? null,
        firstName: first_name ?? null,
        lastName: last_name ?? null,
        phone: phone ?? null,
      });
      if (isRefusal(outcome)) return outcome;
      const found = await findUser(service.database, outcome.user_id);
      if (found === undefined) return noUser(outcome.user_id);
      reply.code(201);
      return userJson(found);
    },
  );
}

function login(app: App, service: IdentityService): void {
  app.post(
    '/v1/auth/login',
    {
      config: {
        permission: 'public',
        limit: 'login',
        limitBy: ({ body }) => canonicalUsername((body as LoginJson).username),
        refusals: ['credentials_invalid'],
      },
      schema: {
        tags,
        summary: 'Log in by user name and password',
        body: LoginSchema,
        response: { 200: TokensSchema },
      },
    },
    async (request, reply) => {
      const outcome = await logIn(service, plainContext(request), request.body);
      if (isRefusal(outcome)) return outcome;
      reply.headers(unstored);
      return tokensJson(outcome);
    },
  );
}

function sessions(app: App, service: IdentityService): void {
  app.post(
    '/v1/auth/refresh',
    {
      config: {
        permission: 'public',
        limit: 'login',
        refusals: ['refresh_token_invalid', 'token_reused'],
      },
      schema: {
        tags,
        summary: 'Replace a refresh token, and get a new access token with it',
        body: RefreshTokenSchema,
        response: { 200: TokensSchema },
      },
    },
    async (request, reply) => {
      const context = plainContext(request);
      const outcome = await refreshTokens(service, context, request.body.refresh_token);
      if (isRefusal(outcome)) return outcome;
      reply.headers(unstored);
      return tokensJson(outcome);
    },
  );

  app.post(
    '/v1/auth/logout',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'End the login that a refresh token belongs to; an unknown one has none (RFC 7009)',
        body: RefreshTokenSchema,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await logOut(service, plainContext(request), request.body.refresh_token);
      return reply.code(204).send(null);
    },
  );
}

function publishedKeys(app: App, { tokens }: IdentityService): void {
  app.get(
    '/.well-known/jwks.json',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'The public keys by which tokens are checked (RFC 7517)',
        response: { 200: JwksSchema },
      },
    },
    async (_request, reply) => {
      reply.header('Cache-Control', `public, max-age=${KEYS_FRESH_SECONDS}`);
      return tokens.publicKeys();
    },
  );
}

function tokensJson({ accessToken, refreshToken, expiresInSeconds }: Tokens): TokensJson {
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    refresh_token: refreshToken,
  };
}
