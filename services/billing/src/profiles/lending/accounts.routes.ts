import type { Refusal } from '@tenor/contracts';
import { numberOf, type Registered, readFields } from '@tenor/profile-kit';
import { isRefusal, validationFailed } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import { type IdentityService, logIn, type PlainContext } from '../../identity/identity.commands.ts';
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

/** No Idempotency-Key is taken: what is kept under one is a hash of the body, and with it of a password. */
const contextOf = ({ caller, id: requestId, traceparent }: FastifyRequest): PlainContext => ({
  caller,
  requestId,
  traceparent,
});

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
    async handler(request, reply) {
      const given = readFields(request.body, registrationFields);
      if (isRefusal(given)) return given;
      const { username, email } = given;
      const personal = { firstName: null, lastName: null, phone: null };
      const outcome = await registerUser(identity, contextOf(request), { ...given, ...personal });
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
    async handler(request, reply) {
      const given = readFields(request.body, loginFields);
      if (isRefusal(given)) return given;
      const outcome = await logIn(identity, contextOf(request), given);
      if (isRefusal(outcome)) return outcome;
      reply.header('Cache-Control', 'no-store');
      return { access: outcome.accessToken, refresh: outcome.refreshToken };
    },
  });
}

function nameTaken(refusal: Refusal): Refusal {
  if (refusal.refused !== 'already_exists') return refusal;
  const message = 'A user with that username already exists.';
  return validationFailed([{ pointer: '/username', code: 'unique', message }]);
}
