import type { Refusal } from '@tenor/contracts';
import { numberOf, type Registered, readFields } from '@tenor/profile-kit';
import { isRefusal, plainContext, validationFailed } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import { type IdentityService, logIn } from '../../identity/identity.commands.ts';
import { canonicalUsername } from '../../identity/username.ts';
import { registerUser } from '../../identity/users.commands.ts';
import {
  LoginSchema,
  loginFields,
  RegistrationSchema,
  registrationFields,
  TokenPairSchema,
  UserSchema,
} from './lending.schemas.ts';

const users = { profile: 'lending', kind: 'user' };

/** Users of our own; where another issuer makes the tokens these routes are not served. */
export function lendingAccountsRoutes({ route }: Registered, identity: IdentityService): void {
  route({
    method: 'POST',
    paths: ['/api/register', '/register'],
    permission: 'public',
    summary: 'Register as a user of role customer, with a customer record of its own',
    body: RegistrationSchema,
    responses: { 201: UserSchema },
    refusals: ['already_exists'],
    config: { limit: 'registration' },
    async handler(request, reply) {
      const given = readFields(request.body, registrationFields);
      if (isRefusal(given)) return given;
      const { username, email } = given;
      const personal = { firstName: null, lastName: null, phone: null };
      const outcome = await registerUser(identity, plainContext(request), { ...given, ...personal });
      if (isRefusal(outcome)) return nameTaken(outcome);
      return reply.code(201).send({ id: await numberOf(identity.database, users, outcome.user_id), username, email });
    },
  });
  route({
    method: 'POST',
    paths: ['/api/login', '/login'],
    permission: 'public',
    summary: 'Log in by user name and password',
    body: LoginSchema,
    responses: { 200: TokenPairSchema },
    refusals: ['credentials_invalid'],
    config: { limit: 'login', limitBy },
    async handler(request, reply) {
      const given = readFields(request.body, loginFields);
      if (isRefusal(given)) return given;
      const outcome = await logIn(identity, plainContext(request), given);
      if (isRefusal(outcome)) return outcome;
      reply.header('Cache-Control', 'no-store');
      return { access: outcome.accessToken, refresh: outcome.refreshToken };
    },
  });
}

/** Guesses count for one user, wherever they are made. */
function limitBy({ body }: FastifyRequest): string | undefined {
  const given = readFields(body, loginFields);
  return isRefusal(given) ? undefined : canonicalUsername(given.username);
}

function nameTaken(refusal: Refusal): Refusal {
  if (refusal.refused !== 'already_exists') return refusal;
  const message = 'A user with that username already exists.';
  return validationFailed([{ pointer: '/username', code: 'unique', message }]);
}
