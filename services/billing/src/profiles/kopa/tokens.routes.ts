import { type Registered, readFields } from '@tenor/profile-kit';
import { isRefusal, plainContext } from '@tenor/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type IdentityService, logIn, refreshTokens, type Tokens } from '../../identity/identity.commands.ts';
import { canonicalUsername } from '../../identity/username.ts';
import { LoginSchema, loginFields, RefreshSchema, refreshFields, TokensSchema } from './kopa.schemas.ts';

/** Of this API's logins: 300 minutes, and one day. */
const lifetimes = { accessSeconds: 300 * 60, refreshSeconds: 24 * 3600 };

export function kopaTokensRoutes({ route }: Registered, identity: IdentityService): void {
  route({
    method: 'POST',
    paths: ['/auth/token'],
    permission: 'public',
    summary: 'Log in by user name and password',
    body: LoginSchema,
    responses: { 200: TokensSchema },
    refusals: ['credentials_invalid'],
    config: { limit: 'login', limitBy },
    async handler(request, reply) {
      const given = readFields(request.body, loginFields);
      if (isRefusal(given)) return given;
      const tokens = await logIn(identity, plainContext(request), { ...given, lifetimes });
      return isRefusal(tokens) ? tokens : answer(tokens, reply);
    },
  });

  route({
    method: 'POST',
    paths: ['/auth/token/refresh'],
    permission: 'public',
    summary: 'Replace a refresh token, and get a new access token with it',
    body: RefreshSchema,
    responses: { 200: TokensSchema },
    refusals: ['refresh_token_invalid', 'token_reused'],
    config: { limit: 'login' },
    async handler(request, reply) {
      const given = readFields(request.body, refreshFields);
      if (isRefusal(given)) return given;
      const tokens = await refreshTokens(identity, plainContext(request), given.refresh);
      return isRefusal(tokens) ? tokens : answer(tokens, reply);
    },
  });
}

/** Guesses count for one user, wherever they are made. */
function limitBy({ body }: FastifyRequest): string | undefined {
  const given = readFields(body, loginFields);
  return isRefusal(given) ? undefined : canonicalUsername(given.username);
}

function answer({ refreshToken: refresh, accessToken: access }: Tokens, reply: FastifyReply) {
  reply.header('Cache-Control', 'no-store');
  return { refresh, access };
}
