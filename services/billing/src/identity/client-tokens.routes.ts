import { type App, clientCredentialsOf, isRefusal, readForm } from '@tenor/service-kit';
import { type IdentityService, logInClient } from './identity.commands.ts';
import { AccessTokenSchema, type ClientCredentialsJson, ClientCredentialsSchema } from './identity.schemas.ts';
import { canonicalUsername } from './username.ts';

/** The token endpoint of OAuth 2 for users of role `service` (RFC 6749, 4.4): a form goes in. */
export function clientTokensRoutes(app: App, service: IdentityService): void {
  void app.register(async (plain) => {
    const scope = plain as unknown as App;
    readForm(scope);
    scope.post(
      '/v1/auth/token',
      {
        config: {
          permission: 'public',
          limit: 'login',
          limitBy: ({ body, headers }) =>
            canonicalUsername(credentialsOf(body as ClientCredentialsJson, headers.authorization).clientId),
          refusals: ['credentials_invalid'],
          tolerant: true,
        },
        schema: {
          tags: ['identity'],
          summary: 'An access token for a service, by its client credentials',
          description: 'They come in the form, or by basic authentication.',
          consumes: ['application/x-www-form-urlencoded'],
          body: ClientCredentialsSchema,
          response: { 200: AccessTokenSchema },
        },
      },
      async ({ body, headers }, reply) => {
        const outcome = await logInClient(service, credentialsOf(body, headers.authorization));
        if (isRefusal(outcome)) return outcome;
        reply.header('Cache-Control', 'no-store');
        const { accessToken, expiresInSeconds } = outcome;
        return { access_token: accessToken, token_type: 'Bearer' as const, expires_in: expiresInSeconds };
      },
    );
  });
}

/** By basic authentication, else by the form; empty where there are none. */
function credentialsOf(body: ClientCredentialsJson, authorization: string | undefined) {
  const { username = body.client_id, password = body.client_secret } = clientCredentialsOf(authorization);
  return { clientId: username ?? '', clientSecret: password ?? '' };
}
